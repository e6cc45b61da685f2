// The room's tables and bars: products by when they are sold out, funnel, sources, head figures.

import { Spark } from "./charts.js";
import { UNKNOWN, count, money, percent, span } from "./figures.js";
import { PRIORITY } from "./state.js";
import { make } from "./settings.js";
import { say, wear } from "./tile.js";
import { word } from "./words.js";

const by = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

/** A glyph of a priority, like those on the wall. */
export function glyph(priority) {
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("class", `glyph ${priority}`);
  node.setAttribute("aria-hidden", "true");
  node.appendChild(document.createElementNS(SVG, "use")).setAttribute("href", `#${priority}`);
  return node;
}

export function drawProducts(state) {
  const shown = state.products.filter((product) => product.on_shelf);
  say(by("products-sum"), word("productsSum", shown.length));
  const most = Math.max(1, ...shown.map((product) => product.stock ?? 0));
  by("products").replaceChildren(...shown.slice(0, 12).map((product) => {
    const alert = state.sorted.find((each) => each.sku === product.sku);
    const priority = alert ? PRIORITY[alert.severity] : "";
    const row = make("tr", priority);
    row.dataset.sku = product.sku;
    const cell = (text, classes = "") => row.appendChild(make("td", classes, text));
    cell(product.sku.slice(0, 8));
    const title = cell(product.title, "product");
    if (product.pinned) title.append(make("em", "", word("pinned")));
    cell(money(product.price_minor, state.tile.currency));
    const stock = cell(product.stock === null ? UNKNOWN : product.stock.toLocaleString("en"), "stock");
    const bar = stock.appendChild(make("i"));
    bar.append(make("u"));
    bar.firstElementChild.style.width = `${(100 * (product.stock ?? 0)) / most}%`;
    cell(product.velocity_1m === null ? UNKNOWN : product.velocity_1m.toFixed(1));
    const soldOut = cell("", "sold-out");
    if (priority && priority !== "lost") soldOut.append(glyph(priority));
    soldOut.append(make("b", "", product.stock === 0 ? word("isSoldOut") : product.sellout_s === null ? UNKNOWN : span(product.sellout_s)));
    if (product.sellout_low_s !== null && product.sellout_s > 0 && product.sellout_s <= 21600) {
      soldOut.append(make("small", "", ` ${interval(product.sellout_low_s, product.sellout_high_s)}`));
    }
    cell(count(product.paid_session));
    return row;
  }));
}

/** 5–9 分, or 40–70 秒. */
function interval(low, high) {
  return high < 120 ? word("fromToS", Math.round(low), Math.round(high)) : word("fromToMin", Math.round(low / 60), Math.round(high / 60));
}

export function drawFunnel(state) {
  const known = state.funnel.filter((rung) => rung.value !== null);
  const most = Math.max(1, ...known.map((rung) => rung.value));
  by("funnel").replaceChildren(...state.funnel.map((rung, index) => {
    const row = make("li");
    const bar = make("i");
    bar.append(make("u"));
    // The root of the share, or the last rungs would all be a pixel wide.
    bar.firstElementChild.style.width = `${100 * Math.sqrt((rung.value ?? 0) / most)}%`;
    const before = state.funnel[index - 1]?.value;
    if (rung.usual !== null && before) {
      const tick = bar.appendChild(make("s"));
      tick.style.left = `${Math.min(100, 100 * Math.sqrt((before * rung.usual) / most))}%`;
    }
    const worse = rung.rate !== null && rung.usual !== null && rung.rate < 0.7 * rung.usual;
    row.append(make("span", "", word(`rung_${rung.name}`)), bar, make("b", "", count(rung.value)), make("small", worse ? "worse" : "", rung.rate === null ? "" : `${percent(rung.rate)}${worse ? " ▼" : ""}`));
    row.title = index && rung.rate !== null ? word("rungOf", percent(rung.rate), word(`rung_${state.funnel[index - 1].name}`)) : "";
    return row;
  }));
}

export function drawSources(state) {
  by("sources").replaceChildren(...(state.sources.length ? state.sources.slice(0, 6).map((source) => {
    const row = make("li");
    const bar = make("i");
    bar.append(make("u"));
    bar.firstElementChild.style.width = `${100 * source.share}%`;
    const points = source.before === null ? null : Math.round(100 * (source.share - source.before));
    row.append(make("span", "", word(`via_${source.source}`) === `via_${source.source}` ? source.source : word(`via_${source.source}`)), bar, make("b", "", percent(source.share, 0)), make("small", "", points === null ? "" : points > 0 ? `▲ ${points}` : points < 0 ? `▼ ${-points}` : "0"));
    return row;
  }) : [make("li", "none", word("noSources"))]));
}

const HEADS = [
  // word, figure now, past of it, how it is written, its baseline
  ["headOnline", "online", "online", (value) => count(value), (state) => bandOf(state)],
  ["headGmv", "gmv_session", "gmv_session", (value, state) => money(value, state.tile.currency), (state) => goalOf(state)],
  ["headConversion", "conversion_session", "conversion_5m", (value) => percent(value), (state) => usual(state, "conversion_5m", (value) => percent(value))],
  ["headInteraction", "interaction_rate_5m", "interaction_rate_5m", (value) => percent(value), (state) => usual(state, "interaction_rate_5m", (value) => percent(value))],
  ["headGpm", "gpm_session", "gpm_5m", (value, state) => money(value, state.tile.currency), (state) => usual(state, "gpm_5m", (value) => money(value, state.tile.currency))],
  ["headWatch", "watch_s", "watch_s", (value) => (value === null || value === undefined ? UNKNOWN : `${Math.round(value)} s`), (state) => usual(state, "watch_s", (value) => `${Math.round(value)} s`)],
];
const FAULTS = { headOnline: /^(online|viewers)/, headGmv: /^(gmv|orders|paid)/, headConversion: /^conversion/, headInteraction: /^(interaction|comments|likes|engagement)/, headGpm: /^gpm/, headWatch: /^watch/ };
const cards = new Map();

function bandOf(state) {
  const [low, high] = [state.band[0].at(-1), state.band[1].at(-1)];
  return low === null || low === undefined ? "" : word("expected", count(low), count(high));
}

function goalOf(state) {
  const { gmv_minor: gmv, goal_minor: goal } = state.tile;
  return goal ? word("ofGoal", percent((gmv ?? 0) / goal, 0)) : "";
}

/** The middle of the half hour. */
function usual(state, name, written) {
  const known = (state.past[name] ?? []).filter((value) => value !== null).sort((a, b) => a - b);
  return known.length < 12 ? "" : word("baseline", written(known[Math.floor(known.length / 2)]));
}

export function drawHeads(state) {
  for (const [name, figure, past, written, below] of HEADS) {
    const card = cards.get(name) ?? makeCard(name);
    const alert = state.sorted.find((each) => each.severity !== "data_lost" && Object.keys(each.values).some((value) => FAULTS[name].test(value)));
    const priority = alert ? PRIORITY[alert.severity] : "";
    wear(card.node, ["card", priority].filter(Boolean).join(" "));
    say(card.label, word(name));
    say(card.value, written(state.heads[figure] ?? null, state));
    wear(card.value, priority ? "fault" : "");
    const line = state.past[past] ?? [];
    const [now, before] = [line.at(-1), line.at(-31)];
    const moved = now !== null && before ? (now - before) / Math.abs(before) : null;
    say(card.delta, !moved ? "" : `${moved > 0 ? "▲" : "▼"} ${percent(Math.abs(moved))}`);
    wear(card.delta, moved > 0 ? "delta up" : moved < 0 ? "delta down" : "delta");
    say(card.below, below(state));
    const known = line.findIndex((each) => each !== null);
    card.spark.draw(line.slice(-60).slice(Math.max(0, known - (line.length - 60))), null, priority || "line");
  }
}

function makeCard(name) {
  const node = make("li", "card");
  const parts = { node, label: make("span"), value: make("b"), delta: make("small", "delta"), below: make("small", "below") };
  const spark = make("div", "spark");
  node.append(parts.label, parts.delta, parts.value, spark, parts.below);
  by("heads").append(node);
  const card = { ...parts, spark: new Spark(spark) };
  cards.set(name, card);
  return card;
}
