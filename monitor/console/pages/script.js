// The golden structure of a room: where the host is, how long still, what comes next.

import { clockTime, minutes, money, percent } from "./figures.js";
import { make } from "./settings.js";
import { say, wear } from "./tile.js";
import { word } from "./words.js";

export const SEGMENTS = ["hook", "push", "benefit"];
const by = (id) => document.getElementById(id);

/** The segment after this one. */
export function next(segment) {
  return SEGMENTS[(SEGMENTS.indexOf(segment) + 1) % SEGMENTS.length];
}

/** How long a segment may last, for people; empty where nobody says. */
export function lasts(state, segment) {
  const limit = state.limits[segment];
  return limit ? minutes(limit) : "";
}

/** Seconds passed and left in the present segment; null where there is none. */
export function progress(tile, now) {
  if (tile?.live === false || !tile?.segment || tile.segment_at === null) return null;
  const passed = Math.max(0, now - tile.segment_at);
  const limit = tile.segment_limit_s;
  return { passed, limit, left: limit === null ? null : limit - passed };
}

/** 01:46, or +00:12 once it is over. */
export function countdown(left) {
  return left === null ? "" : left > 0 ? minutes(Math.ceil(left)) : `+${minutes(-left)}`;
}

/** Readings of `name` from one instant to another; null where the half hour does not reach back. */
function readings(state, name, from, to) {
  const line = state.past[name] ?? [];
  const index = (at) => line.length - 1 - Math.round((state.at - at) / state.every_s);
  const [first, last] = [index(from), index(to)];
  return first < 0 || last >= line.length || last <= first ? null : line.slice(first, last + 1);
}

function total(state, name, from, to) {
  const part = readings(state, name, from, to)?.slice(1);
  return !part || part.includes(null) ? null : part.reduce((sum, value) => sum + value, 0);
}

/** What this part of the last cycle brought, and how the present one does against it so far. */
function result(state, segment, here, now) {
  for (const view of [...state.cycles].reverse()) {
    const index = view.cycle.parts.findIndex((part) => part.segment === segment && part.length_s !== null);
    if (index < 0) continue;
    const { at, length_s: length } = view.cycle.parts[index];
    const gmv = view.gmv_minor[index] ?? null;
    const online = readings(state, "online", at, at + length);
    const people = online && online[0] && online.at(-1) !== null ? (online.at(-1) - online[0]) / online[0] : null;
    const said = [word("lastTime", minutes(length))];
    if (gmv !== null) said.push(`GMV ${money(gmv, state.tile.currency)}`);
    if (people !== null) said.push(word("people", signed(people)));
    return (here ? pace(state, at, length, now) : "") + said.join(" · ");
  }
  return "";
}

const SOON_S = 30; // before, a pace says nothing

/** GMV of the present part against that of the last one after as long a time. */
function pace(state, lastAt, length, now) {
  const passed = now - state.tile.segment_at;
  if (passed < SOON_S || passed > length) return "";
  const mine = total(state, "gmv_10s", state.tile.segment_at, state.at);
  const then = total(state, "gmv_10s", lastAt, lastAt + (state.at - state.tile.segment_at));
  if (mine === null || then === null) return "";
  const against = then > 0 ? word("samePoint", signed((mine - then) / then)) : "";
  return `${word("thisTime", money(mine, state.tile.currency))}${against} | `;
}

/** What the last hook that was measured moved. */
function hooked(state) {
  const view = [...state.cycles].reverse().find((each) => each.hook || each.hook_lift !== null);
  if (!view) return lasts(state, "hook");
  return (view.hook?.verdict ?? "moved") === "moved" ? signed(view.hook_lift) : word(`hook_${view.hook.verdict}`);
}

/** What a hook moved: in words, its class, and with which figures. */
function effect(view) {
  const lift = view.hook_lift === null ? "" : signed(view.hook_lift);
  if (!view.hook) return [lift || "—", "", ""];
  const { verdict, low, high, feeds } = view.hook;
  const between = low === null ? "" : word("between", signed(low), signed(high));
  const each = (feeds ?? []).map((feed) => `${word(`feed_${feed.feed}`)} ${feed.before} → ${feed.after}`);
  return [`${word(`hook_${verdict}`)} ${lift}`.trim(), verdict, [between, ...each].filter(Boolean).join(" · ")];
}

export function signed(share) {
  return `${share >= 0 ? "+" : "−"}${percent(Math.abs(share), 0)}`;
}

export function drawScript(state, now) {
  const tile = state.tile;
  const at = tile.live === false ? -1 : SEGMENTS.indexOf(tile.segment);
  const passing = progress(tile, now);
  const over = passing?.left !== null && passing?.left < 0;
  const inferred = (tile.segment_confidence ?? 1) < 1;
  say(by("part"), tile.live === false ? word("notLive") : tile.segment ? `${inferred ? "≈" : ""}${word(tile.segment)}` : word("noSegment"));
  say(by("countdown"), passing ? countdown(passing.left) : "");
  wear(by("countdown"), over ? "over" : "");
  const coming = next(tile.segment);
  say(by("cycle"), [inferred && tile.segment ? word("inferred", percent(tile.segment_confidence, 0)) : "", tile.cycle ? word("cycleNo", tile.cycle) : "", tile.segment ? word("nextUp", word(coming), lasts(state, coming)).trim() : word("cueHint")].filter(Boolean).join(" · "));
  const track = document.querySelector("#script .track");
  SEGMENTS.forEach((segment, index) => {
    const bar = track.querySelector(`i.${segment}`);
    const here = index === at && passing;
    wear(bar, `${segment}${here ? " now" : index < at ? " done" : ""}${here && over ? " over" : ""}`);
    const part = here && passing.limit ? Math.min(1, passing.passed / passing.limit) : index < at ? 1 : 0;
    bar.firstElementChild.style.transform = `scaleX(${part.toFixed(3)})`;
    const starts = at >= 0 && index === at + 1 && passing?.left > 0 ? ` · ${word("startsAt", clockTime(now + passing.left))}` : "";
    const label = here && passing.limit ? `${word(segment)} · ${minutes(passing.passed)} / ${minutes(passing.limit)}` : `${word(segment)}${starts}`;
    say(bar.querySelector("span"), segment === "hook" && !here ? `${word(segment)}${index < at ? " ✓" : ""}` : index < at ? `${label} ✓` : label);
    const edge = bar.querySelector("em");
    if (edge) say(edge, here ? word("left", countdown(passing.left)) : lasts(state, segment));
    const below = track.querySelector(`small.${segment}`);
    say(below, segment === "hook" ? hooked(state) : result(state, segment, Boolean(here), now));
    below.title = below.textContent;
  });
}

const BREACHES = { overrun: "", skipped: "⤼", "out of order": "⇄" }; // an overrun is underlined

/** The last cycles: how long each part was, what was wrong, what the hook moved, what it brought. */
export function drawCycles(state, list) {
  list.replaceChildren(...[...state.cycles].reverse().slice(0, 6).map((view) => {
    const row = make("li");
    row.append(make("b", "", String(view.cycle.number || "—")));
    for (const segment of SEGMENTS) row.append(partOf(view, segment));
    const [moved, verdict, why] = effect(view);
    row.append(make("span", ["effect", verdict].filter(Boolean).join(" "), moved));
    row.lastElementChild.title = why;
    const known = view.gmv_minor.filter((each) => each !== null);
    row.append(make("span", "", known.length ? money(known.reduce((sum, each) => sum + each, 0), state.tile.currency) : "—"));
    return row;
  }));
}

function partOf(view, segment) {
  const part = view.cycle.parts.find((each) => each.segment === segment);
  if (!part) return make("span", "", "—");
  const length = part.length_s === null ? "…" : minutes(part.length_s);
  const fell = segment === "hook" && part.price_fell ? "↓" : "";
  const node = make("span", part.breach === "overrun" ? "over" : part.breach ? "breach" : "", `${part.confidence < 1 ? "≈" : ""}${length}${fell}${BREACHES[part.breach] ?? ""}`);
  node.title = [part.breach ? word(`breach_${part.breach}`) : "", fell ? word("priceFell") : "", part.confidence < 1 ? word("inferred", percent(part.confidence, 0)) : "", part.paid === null || part.paid === undefined ? "" : word("brought", part.paid)].filter(Boolean).join(" · ");
  return node;
}
