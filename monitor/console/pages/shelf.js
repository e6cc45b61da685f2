// The room's tables and bars: products by when they are sold out, funnel, sources, head figures.

import { Spark } from "./charts.js";
import { UNKNOWN, bounded, count, money, percent, span } from "./figures.js";
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
    const alert = state.active.find((each) => each.sku === product.sku);
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
    cell(percent(product.click_rate));
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
    const of = index && rung.rate !== null ? word("rungOf", percent(rung.rate), word(`rung_${state.funnel[index - 1].name}`)) : "";
    row.append(make("span", "", word(`rung_${rung.name}`)), bar, make("b", "", bounded(state.bounds[`${rung.name}_5m`], count(rung.value))), make("small", worse ? "worse" : "", `${of}${worse ? " ▼" : ""}`));
    if (of && rung.usual !== null) row.title = word("rungUsual", percent(rung.usual));
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

const STEPS_5M = 30;
const share = (value) => percent(value);
const amount = (value, state) => money(value, state.tile.currency);
const seconds = (value) => (value === null || value === undefined ? UNKNOWN : `${Math.round(value)} s`);
const points = (change) => word("points", (100 * Math.abs(change)).toFixed(1));

// A card: word, figure now, its past, how it is written, how it moved in five minutes, below it.
const HEADS = [
  ["headOnline", "online", "online", count, moved, (state) => bandOf(state)],
  ["headGmv", "gmv_session", "gmv_session", amount, (_, state) => brought(state), (state) => goalOf(state)],
  ["headConversion", "conversion_5m", "conversion_5m", share, (line) => differed(line, points), (state) => usual(state, "conversion_5m", share, "conversion_session")],
  ["headInteraction", "interaction_rate_5m", "interaction_rate_5m", share, (line) => differed(line, points), (state) => usual(state, "interaction_rate_5m", share)],
  ["headGpm", "gpm_5m", "gpm_5m", amount, moved, (state) => usual(state, "gpm_5m", amount, "gpm_session")],
  ["headWatch", "watch_s", "watch_s", seconds, (line) => differed(line, (change) => seconds(Math.abs(change))), (state) => usual(state, "watch_s", seconds)],
];
const FAULTS = { headOnline: /^(online|viewers)/, headGmv: /^(gmv|orders|paid)/, headConversion: /^conversion/, headInteraction: /^(interaction|comments|likes|engagement)/, headGpm: /^gpm/, headWatch: /^watch/ };
const UNSEEN_S = 60; // after that long without data the last values are no longer shown
const cards = new Map();

/** Against five minutes ago, as a share of what it was then: [what to say, its sign]. */
function moved(line) {
  const [now, before] = [line.at(-1), line.at(-1 - STEPS_5M)];
  return known(now) && before ? arrow((now - before) / Math.abs(before), (change) => percent(Math.abs(change))) : null;
}

/** Against five minutes ago, in its own unit. */
function differed(line, written) {
  const [now, before] = [line.at(-1), line.at(-1 - STEPS_5M)];
  return known(now) && known(before) ? arrow(now - before, written) : null;
}

/** What the last five minutes brought, against the five before. */
function brought(state) {
  const line = state.past.gmv_10s ?? [];
  const [now, before] = [line.slice(-STEPS_5M), line.slice(-2 * STEPS_5M, -STEPS_5M)];
  if (before.length < STEPS_5M || [...now, ...before].some((value) => !known(value))) return null;
  const sum = (part) => part.reduce((total, value) => total + value, 0);
  return sum(before) ? arrow((sum(now) - sum(before)) / sum(before), (change) => percent(Math.abs(change))) : null;
}

function known(value) {
  return value !== null && value !== undefined;
}

function arrow(change, written) {
  const text = written(change);
  return !change || text === written(0) ? null : [`${change > 0 ? "▲" : "▼"} ${text}`, Math.sign(change)];
}

function bandOf(state) {
  const [low, high] = [state.band[0].at(-1), state.band[1].at(-1)];
  return known(low) ? word("expected", count(low), count(high)) : "";
}

function goalOf(state) {
  const { gmv_minor: gmv, goal_minor: goal, currency } = state.tile;
  const lately = known(state.heads.gmv_5m) ? word("lately", money(state.heads.gmv_5m, currency)) : "";
  return [goal && known(gmv) ? word("ofGoal", percent(gmv / goal, 0)) : "", lately].filter(Boolean).join(" · ");
}

/** The middle of the half hour, and the figure of the whole session where there is one. */
function usual(state, name, written, session) {
  const line = (state.past[name] ?? []).filter(known).sort((a, b) => a - b);
  const middle = line.length < 12 ? "" : word("baseline", written(line[Math.floor(line.length / 2)], state));
  const whole = session && known(state.heads[session]) ? word("wholeSession", written(state.heads[session], state)) : "";
  return [middle, whole].filter(Boolean).join(" · ");
}

export function drawHeads(state, now) {
  const { quiet_since: since, stalled } = state.tile;
  const unseen = stalled && since !== null && now - since > UNSEEN_S;
  for (const [name, figure, past, written, change, below] of HEADS) {
    const card = cards.get(name) ?? makeCard(name);
    const alert = state.active.find((each) => each.severity !== "data_lost" && Object.keys(each.values).some((value) => FAULTS[name].test(value)));
    const priority = alert ? PRIORITY[alert.severity] : "";
    wear(card.node, ["card", priority, alert ? (alert.acked_at ? "acked" : "unacked") : ""].filter(Boolean).join(" "));
    card.glyph.toggleAttribute("hidden", !alert);
    if (alert) card.glyph.firstElementChild.setAttribute("href", `#${priority}`);
    say(card.label, word(name));
    say(card.value, unseen ? UNKNOWN : bounded(state.bounds[figure], written(state.heads[figure] ?? null, state)));
    wear(card.value, priority ? "fault" : "");
    const line = state.past[past] ?? [];
    const went = unseen ? null : change(line, state);
    say(card.delta, went ? went[0] : "");
    card.delta.title = went ? word("against5m") : "";
    wear(card.delta, !went ? "delta" : went[1] > 0 ? "delta up" : "delta down");
    say(card.below, below(state));
    const first = line.findIndex(known);
    card.spark.draw(line.slice(-60).slice(Math.max(0, first - (line.length - 60))), null, priority && priority !== "lost" ? priority : "line");
  }
}

function makeCard(name) {
  const node = make("li", "card");
  const parts = { node, glyph: glyph(""), label: make("span"), value: make("b"), delta: make("small", "delta"), below: make("small", "below") };
  const spark = make("div", "spark");
  node.append(parts.glyph, parts.label, parts.delta, parts.value, spark, parts.below);
  by("heads").append(node);
  const card = { ...parts, spark: new Spark(spark) };
  cards.set(name, card);
  return card;
}
