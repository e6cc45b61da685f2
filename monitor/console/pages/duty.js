// Who is on call now, and how far an alert that nobody acknowledges has come.

import { clockTime, minutes } from "./figures.js";
import { make } from "./settings.js";
import { word } from "./words.js";

const SOON_S = 86_400; // a shift that begins later is not told of

const AGAIN_MS = 60_000;

/** Keep a line up to date that says who is on call: 值班:早班 李敏 / 运营 王涛. */
export function keepDuty(node) {
  const look = async () => {
    const answer = await fetch("/api/oncall").catch(() => null);
    if (!answer?.ok) return;
    const on = (await answer.json()).shifts.filter((shift) => shift.on);
    node.textContent = on.length ? word("onDuty", on.map((shift) => `${shift.shift} ${shift.people[0]}`).join(" / ")) : "";
  };
  setInterval(look, AGAIN_MS);
  look();
}

export class Duty {
  constructor(node) {
    this.node = node;
    this.shifts = [];
    this.at = 0;
    this.byKey = new Map();
  }

  /** What /api/oncall said. */
  take({ at, shifts, escalations }) {
    this.at = at;
    this.shifts = shifts;
    this.byKey = new Map(escalations.map((each) => [each.key, each]));
    this.draw();
  }

  draw() {
    this.node.hidden = !this.shifts.length;
    const on = this.shifts.filter((shift) => shift.on);
    const next = this.shifts.find((shift) => !shift.on && shift.begins_at && shift.begins_at - this.at < SOON_S);
    const rows = on.map((shift) => this.row(shift, word("until", clockTime(shift.ends_at, false))));
    if (!on.length) rows.push(make("p", "nobody", word("nobodyOnCall")));
    if (next) rows.push(this.row(next, word("from", clockTime(next.begins_at, false)), "next"));
    this.node.replaceChildren(make("h2", "", word("onCall")), ...rows);
  }

  row(shift, span, classes = "") {
    const row = make("p", classes);
    const rooms = shift.rooms.includes("*") ? "" : shift.rooms.join("、");
    row.append(make("b", "", shift.people.join(" → ")), make("span", "", [shift.shift, rooms, span].filter(Boolean).join(" · ")));
    return row;
  }

  /** A line for an alert: who was called, and who is next; empty where nobody will be. */
  of(alert, now) {
    const found = this.byKey.get(alert.key);
    if (!found || found.episode !== alert.episode || (alert.acked_at && !found.next_at)) return "";
    const told = found.told.length ? word("escalated", found.step, found.steps, found.told.join("、")) : "";
    if (found.quiet) return [told, word("escalationQuiet")].filter(Boolean).join(" · ");
    if (found.next_at === null) return told;
    return [told, word("escalatesIn", minutes(found.next_at - now), found.next.join("、") || word("nobodyOnCall"))].filter(Boolean).join(" · ");
  }
}
