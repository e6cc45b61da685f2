// What the page of a room knows, as its frames tell it; it has the face that the rail asks for.

import { State } from "./state.js";

const COMMENTS = 200;
const LOG = 60;

export class RoomState extends State {
  constructor(room) {
    super();
    this.room = room;
    this.known = true;
    this.tile = null;
    this.head = {};
    this.comments = [];
    for (const name of ["heads", "bounds", "past"]) this[name] = {};
    for (const name of ["moments", "cycles", "funnel", "sources", "products"]) this[name] = [];
    this.band = [[], []];
    this.limits = {}; // seconds a segment may last
    this.at = 0;
    this.every_s = 10;
  }

  /** Take a frame; returns the names of what changed. */
  apply(frame) {
    const whole = frame.type === "snap";
    const { comments, log, tile, alerts, ...parts } = frame;
    for (const name of ["type", "seq", "base", "server_time", "room"]) delete parts[name];
    Object.assign(this, parts);
    if (tile) this.tile = whole ? tile : { ...this.tile, ...tile };
    if (comments) this.comments = whole ? comments : [...this.comments, ...comments].slice(-COMMENTS);
    if (log) this.log = whole ? log : [...this.log, ...log].slice(-LOG);
    if (alerts) {
      this.alerts = new Map(alerts.map((alert) => [alert.key, alert]));
      this.sort();
    }
    const changed = new Set(Object.keys(frame));
    if (whole) for (const name of ["comments", "log", "tile", "alerts"]) changed.add(name);
    return changed;
  }

  name() {
    return this.tile?.name ?? this.room;
  }
}
