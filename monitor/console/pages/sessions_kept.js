// What people call a recording. Our own are named by room, beginning and session:
//   dy-8801/20261122T120000000Z-S1.jsonl.gz

import { clockTime, dayOf } from "./figures.js";

const OURS = /^([^/]+)\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\d{3}Z(?:-(.*?))?\+*\.jsonl\.gz$/;

/** `[what it is called, what else is known]`; `nameOf` a room gives its name. */
export function called(recording, nameOf = (room) => room) {
  const found = OURS.exec(recording);
  if (!found) return [recording, ""];
  const [, room, year, month, day, hour, minute, second, session] = found;
  const at = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  return [`${nameOf(decodeURIComponent(room))} · ${dayOf(at)} ${clockTime(at, false)}`, session ? decodeURIComponent(session) : ""];
}
