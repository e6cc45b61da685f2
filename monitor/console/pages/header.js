// Sums, counters, clock and the state of the connection.

import { UNKNOWN, clockTime, count, minutes, money } from "./figures.js";
import { PRIORITIES, PRIORITY } from "./state.js";
import { say, wear } from "./tile.js";
import { word } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const BANNER_S = 1.5; // a shorter break is shown by the chip alone
const by = (id) => document.getElementById(id);

const counters = new Map((by("counts") ? PRIORITIES : []).map((priority) => {
  const box = by("counts").appendChild(document.createElement("span"));
  const glyph = box.appendChild(document.createElementNS(SVG, "svg"));
  glyph.setAttribute("class", "glyph");
  glyph.appendChild(document.createElementNS(SVG, "use")).setAttribute("href", `#${priority}`);
  return [priority, { box, number: box.appendChild(document.createElement("b")) }];
}));

/** Sums over the rooms; amounts in each currency for itself, that of most rooms first. */
export function drawSums(state) {
  const rooms = [...state.rooms.values()];
  const live = rooms.filter((room) => room.live);
  say(by("live"), `${live.length} / ${rooms.length}`);
  const online = live.filter((room) => room.online !== null);
  say(by("online"), online.length ? count(online.reduce((sum, room) => sum + room.online, 0)) : UNKNOWN);
  say(by("gmv"), amounts(rooms, "gmv_minor"));
  say(by("gmv-minute"), amounts(live, "gmv_1m_minor"));
}

/** ¥8,417万 + $1.2万; two currencies, and that there are more. */
function amounts(rooms, field) {
  const sums = new Map();
  for (const room of rooms) {
    if (room[field] === null) continue;
    const [sum, many] = sums.get(room.currency) ?? [0, 0];
    sums.set(room.currency, [sum + room[field], many + 1]);
  }
  const most = [...sums].sort((a, b) => b[1][1] - a[1][1]);
  const said = most.slice(0, 2).map(([currency, [sum]]) => money(sum, currency)).join(" + ");
  return said ? said + (most.length > 2 ? " + …" : "") : UNKNOWN;
}

/** Counters by priority, and how many nobody has looked at. */
export function drawCounts(state, name = "") {
  const counts = Object.fromEntries(PRIORITIES.map((priority) => [priority, 0]));
  for (const alert of state.active) counts[PRIORITY[alert.severity]] += 1;
  for (const [priority, { box, number }] of counters) {
    say(number, String(counts[priority]));
    wear(box, `${priority}${counts[priority] ? "" : " none"}`);
    box.title = word(priority);
    box.hidden = !counts[priority] && (priority === "p4" || priority === "lost");
  }
  const unacked = state.sorted.filter((alert) => !alert.acked_at && alert.severity !== "info").length;
  if (by("unacked")) by("unacked").replaceChildren(word("unacked"), Object.assign(document.createElement("b"), { textContent: unacked }));
  if (by("quiet")) {
    const muted = state.sorted.filter((alert) => alert.quiet.startsWith("muted")).length;
    say(by("quiet"), word("quietCount", muted, state.sorted.filter((alert) => alert.quiet).length - muted));
  }
  const title = name ? `${name} · ${word("title")}` : word("title");
  const text = unacked ? `(${unacked}) ${title}` : title;
  if (document.title !== text) document.title = text;
}

/** The clock, the link's chip and, where the picture is old, the banner. */
export function drawLink(link) {
  const { state } = link;
  if (link.lastAt !== null && by("clock")) say(by("clock"), clockTime(link.now));
  wear(by("link"), `chip ${state}`);
  const ages = { connecting: "", fresh: link.age?.toFixed(1), late: link.age?.toFixed(0), down: minutes(link.lostFor) };
  say(by("link"), word(state, ages[state]));
  const lost = link.lostAt !== null && link.lostFor > BANNER_S;
  by("lost-banner").hidden = !lost;
  by("stage").classList.toggle("offline", lost);
  if (!lost) return;
  say(by("lost-what"), word("lostWhat", minutes(link.lostFor), link.lastAt === null ? UNKNOWN : clockTime(link.now - Math.min(link.age, 3))));
  say(by("lost-next"), link.retryIn === null ? word("lostNow", link.tries) : word("lostNext", link.tries, Math.ceil(link.retryIn)));
}

/** Who is logged in, and whether anybody may be. */
export function drawWho(hello) {
  by("open").hidden = !hello.open;
  by("who").hidden = hello.open;
  say(by("who"), `${hello.name} · ${word(hello.role)}`);
  if (hello.role === "admin") {
    by("who").href = "/sessions";
    by("who").title = word("sessionsTitle");
  }
  by("logout").hidden = hello.open || !hello.csrf;
}
