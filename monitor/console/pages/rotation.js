// Turns the pages of a wall that nobody sits at, and stays where somebody must look.
//
// Asked for in the address (`rotate=20`: seconds a page). While an alert of the first or second
// priority is unacknowledged the wall stands still, at the page of the worst one.

const SHORTEST_S = 5;
const URGENT = ["critical", "warning"];

export class Rotation {
  /** `turn(page)` shows a page; `pageOf(room)` tells where a room is, -1 for nowhere. */
  constructor(turn, pageOf) {
    this.turn = turn;
    this.pageOf = pageOf;
    const asked = Number(new URLSearchParams(location.search).get("rotate"));
    this.every_s = asked > 0 ? Math.max(SHORTEST_S, asked) : 0;
    this.since = null;
    this.held = null; // the key of the alert it stands still for
  }

  /** Called a few times a second; tells what to say of it: "fixed", "rotating" or "held". */
  tick(now, page, pages, alerts) {
    if (!this.every_s || pages < 2) return "fixed";
    this.since ??= now;
    const urgent = alerts.find((alert) => URGENT.includes(alert.severity) && !alert.acked_at && this.pageOf(alert.room) >= 0);
    if (urgent) {
      this.since = now;
      if (this.held !== urgent.key) this.turn(this.pageOf(urgent.room));
      this.held = urgent.key;
      return "held";
    }
    this.held = null;
    if (now - this.since >= this.every_s) {
      this.since = now;
      this.turn((page + 1) % pages);
    }
    return "rotating";
  }
}
