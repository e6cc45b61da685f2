// The golden structure of a room: where the host is, how long still, what comes next.

import { clockTime, minutes, money, percent } from "./figures.js";
import { make } from "./settings.js";
import { say, wear } from "./tile.js";
import { word } from "./words.js";

export const SEGMENTS = ["hook", "push", "benefit"];
export const LIMITS_S = { hook: 15, push: 180, benefit: 300 };
const by = (id) => document.getElementById(id);

/** The segment after this one. */
export function next(segment) {
  return SEGMENTS[(SEGMENTS.indexOf(segment) + 1) % SEGMENTS.length];
}

/** Seconds passed and left in the present segment; null where there is none. */
export function progress(tile, now) {
  if (!tile?.segment || tile.segment_at === null) return null;
  const passed = Math.max(0, now - tile.segment_at);
  const limit = tile.segment_limit_s;
  return { passed, limit, left: limit === null ? null : limit - passed };
}

/** 01:46, or +00:12 once it is over. */
export function countdown(left) {
  return left === null ? "" : left > 0 ? minutes(Math.ceil(left)) : `+${minutes(-left)}`;
}

/** What a part of the last whole cycle brought. */
function result(state, segment) {
  for (const view of [...state.cycles].reverse()) {
    const index = view.cycle.parts.findIndex((part) => part.segment === segment && part.length_s !== null);
    if (index < 0) continue;
    const length = minutes(view.cycle.parts[index].length_s);
    const gmv = view.gmv_minor[index];
    const lift = segment === "hook" && view.hook_lift !== null ? ` · ${word("hookLift", signed(view.hook_lift))}` : "";
    return `${word("lastTime", length)}${gmv === null ? "" : ` · GMV ${money(gmv, state.tile.currency)}`}${lift}`;
  }
  return "";
}

export function signed(share) {
  return `${share >= 0 ? "+" : "−"}${percent(Math.abs(share), 0)}`;
}

export function drawScript(state, now) {
  const tile = state.tile;
  const at = SEGMENTS.indexOf(tile.segment);
  const passing = progress(tile, now);
  const over = passing?.left !== null && passing?.left < 0;
  say(by("part"), tile.segment ? word(tile.segment) : word("noSegment"));
  say(by("countdown"), passing ? countdown(passing.left) : "");
  wear(by("countdown"), over ? "over" : "");
  const coming = next(tile.segment);
  say(by("cycle"), [tile.cycle ? word("cycleNo", tile.cycle) : "", tile.segment ? word("nextUp", word(coming), minutes(LIMITS_S[coming])) : word("cueHint")].filter(Boolean).join(" · "));
  const track = document.querySelector("#script .track");
  SEGMENTS.forEach((segment, index) => {
    const bar = track.querySelector(`i.${segment}`);
    const here = index === at && passing;
    wear(bar, `${segment}${here ? " now" : index < at ? " done" : ""}${here && over ? " over" : ""}`);
    const part = here && passing.limit ? Math.min(1, passing.passed / passing.limit) : index < at ? 1 : 0;
    bar.firstElementChild.style.transform = `scaleX(${part.toFixed(3)})`;
    const starts = at >= 0 && index === at + 1 && passing?.left > 0 ? ` · ${word("startsAt", clockTime(now + passing.left))}` : "";
    const label = here && passing.limit ? `${word(segment)} · ${minutes(passing.passed)} / ${minutes(passing.limit)}` : `${word(segment)}${starts}`;
    say(bar.querySelector("span"), segment === "hook" && !here ? word(segment) : label);
    const edge = bar.querySelector("em");
    if (edge) say(edge, here ? word("left", countdown(passing.left)) : minutes(LIMITS_S[segment]));
    say(track.querySelector(`small.${segment}`), segment === "hook" ? "15 s" : result(state, segment));
  });
}

/** The last cycles: how long each part was, and what the hook moved. */
export function drawCycles(state, list) {
  list.replaceChildren(...[...state.cycles].reverse().slice(0, 5).map((view) => {
    const row = make("li");
    row.append(make("b", "", `#${view.cycle.number}`));
    for (const segment of SEGMENTS) {
      const part = view.cycle.parts.find((each) => each.segment === segment);
      const length = part?.length_s;
      const long = length !== null && length !== undefined && length > LIMITS_S[segment];
      row.append(make("span", long ? "over" : "", part ? `${word(segment)} ${length === null ? "…" : minutes(length)}` : `${word(segment)} —`));
    }
    row.append(make("span", "", view.hook_lift === null ? "—" : signed(view.hook_lift)));
    const sum = view.gmv_minor.reduce((total, each) => total + (each ?? 0), 0);
    row.append(make("span", "", view.gmv_minor.every((each) => each === null) ? "—" : money(sum, state.tile.currency)));
    return row;
  }));
}
