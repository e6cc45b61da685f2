// How the daemon itself is: sources, engine, channels, store, screens; figures as it counts them.

import { clockTime } from "./figures.js";
import { COMMON, Page } from "./page.js";
import { make } from "./settings.js";
import { PRIORITY } from "./state.js";
import { word } from "./words.js";

const AGAIN_MS = 2000;
const by = (id) => document.getElementById(id);

function take() {
  by("stage").classList.remove("waiting");
}

async function look() {
  const answer = await fetch("/api/health").catch(() => null);
  if (answer?.ok) draw(await answer.json());
}

function draw(health) {
  const worries = health.degraded ?? [];
  by("worries").replaceChildren(...(worries.length ? worries.map((text) => make("p", "worry", `◆ ${text}`)) : [make("p", "calm", word("allWell"))]));
  const { degraded, sources, channels, rules, ...rest } = health;
  by("tables").replaceChildren(
    ...ruleTable(rules),
    ...table(word("dataSources"), sources), ...table(word("channels"), channels),
    ...Object.entries(rest).flatMap(([name, figures]) => table(word(name), { "": figures })),
  );
}

/** The mistakes of a reload that was refused, and a row for each rule: those with errors first. */
function ruleTable(rules) {
  if (!rules) return [];
  const nodes = [make("h2", "", word("rulesTitle", rules.in_force))];
  if (rules.mistakes.length) {
    nodes.push(make("p", "worry", `◆ ${word("reloadRefused", clockTime(rules.refused_at), clockTime(rules.loaded_at))}`));
    const list = make("ul", "mistakes");
    list.append(...rules.mistakes.map((text) => make("li", "", text)));
    nodes.push(list);
  }
  const node = make("table");
  const head = node.appendChild(make("thead")).appendChild(make("tr"));
  head.append(...["ruleName", "ruleSeverity", "ruleFiring", "rulePending", "ruleErrors"].map((name) => make("th", "", word(name))));
  node.append(make("tbody"));
  node.lastChild.append(...rules.rules.map((each) => {
    const wrong = [each.trouble ? word("ruleThrew", each.trouble) : "", each.failures ? word("summaryFails", each.failures) : "", each.unknown_channels.length ? word("unknownChannels", each.unknown_channels.join(", ")) : ""].filter(Boolean).join(" · ");
    const row = make("tr", wrong ? "wrong" : "");
    row.append(make("th", "", each.rule), make("td", "", word(PRIORITY[each.severity])), make("td", "", String(each.firing)), make("td", "", String(each.pending)), make("td", "", wrong ? `◆ ${wrong}` : "—"));
    return row;
  }));
  return [...nodes, node];
}

/** One table: a column for each name, a row for each figure. */
function table(title, columns) {
  const names = Object.keys(columns ?? {});
  const flat = Object.fromEntries(names.map((name) => [name, flatten(columns[name])]));
  const figures = [...new Set(names.flatMap((name) => Object.keys(flat[name])))];
  if (!figures.length) return [make("h2", "", title), make("p", "none", word("none"))];
  const node = make("table");
  const head = node.appendChild(make("thead")).appendChild(make("tr"));
  head.append(make("th", "", ""), ...names.map((name) => make("th", "", name)));
  const body = node.appendChild(make("tbody"));
  for (const figure of figures) {
    const row = body.appendChild(make("tr"));
    row.append(make("th", "", figure), ...names.map((name) => make("td", "", written(figure, flat[name][figure]))));
  }
  return [make("h2", "", title), node];
}

function flatten(value, name = "") {
  if (value === null || typeof value !== "object") return { [name]: value };
  return Object.assign({}, ...Object.entries(value).map(([key, each]) => flatten(each, name ? `${name}.${key}` : key)));
}

function written(name, value) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "number" && /_at$/.test(name)) return clockTime(value);
  if (typeof value === "number" && /_s$/.test(name)) return value < 1 ? `${(1000 * value).toFixed(1)} ms` : `${value.toFixed(1)} s`;
  return typeof value === "number" ? value.toLocaleString("en") : String(value);
}

const page = new Page({
  sub: { view: "wall" },
  take,
  draw: look,
  tick() {},
  keys: { Escape: () => location.assign("/") },
  hints: COMMON,
});

setInterval(look, AGAIN_MS);
page.begin();
look();
