// What the wall knows: rooms, open alerts and the log, as the frames tell it.

import { word } from "./words.js";

export const PRIORITY = { critical: "p1", warning: "p2", notice: "p3", info: "p4", data_lost: "lost" };
export const PRIORITIES = ["p1", "p2", "p3", "p4", "lost"];
const LOG = 50;
const FIRED = 600;

const rank = (alert) => PRIORITIES.indexOf(PRIORITY[alert.severity]);
/** Alerts that are over before anybody looked come after those of their priority that are not. */
const worse = (a, b) => rank(a) - rank(b) || Boolean(a.resolved_at) - Boolean(b.resolved_at) || (a.fired_at ?? a.since) - (b.fired_at ?? b.since) || (a.key < b.key ? -1 : 1);

export class State {
  constructor() {
    this.order = [];
    this.rooms = new Map();
    this.alerts = new Map();
    this.log = [];
    this.fired = []; // when alerts began
    this.sorted = [];
    this.byRoom = new Map();
  }

  /** Take a snap, a delta or an evt; returns what to draw anew. */
  apply(frame) {
    const whole = frame.type === "snap";
    const drawn = { places: whole || "order" in frame, rooms: new Set(), alerts: whole, log: whole };
    if (whole) {
      this.rooms = new Map(frame.rooms.map((room) => [room.room, room]));
      this.order = frame.rooms.map((room) => room.room);
      this.alerts = new Map(frame.alerts.map((alert) => [alert.key, alert]));
      this.log = frame.log;
      this.fired = frame.fired;
    } else {
      this.applyChanges(frame, drawn);
    }
    if (drawn.alerts) this.sort();
    return drawn;
  }

  applyChanges(frame, drawn) {
    for (const [id, fields] of Object.entries(frame.rooms ?? {})) {
      this.rooms.set(id, { ...this.rooms.get(id), ...fields });
      drawn.rooms.add(id);
    }
    if (frame.order) {
      this.order = frame.order;
      const kept = new Set(frame.order);
      for (const id of this.rooms.keys()) if (!kept.has(id)) this.rooms.delete(id);
    }
    for (const alert of frame.alerts ?? []) this.alerts.set(alert.key, alert);
    for (const key of frame.gone ?? []) this.alerts.delete(key);
    drawn.alerts = Boolean(frame.alerts || frame.gone);
    if (frame.log) {
      this.log = [...this.log, ...frame.log].slice(-LOG);
      const began = frame.log.filter((line) => line.change === "fired").map((line) => line.at);
      this.fired = [...this.fired, ...began].slice(-FIRED);
      drawn.log = true;
    }
  }

  sort() {
    this.sorted = [...this.alerts.values()].sort(worse);
    this.byRoom = new Map();
    for (const alert of this.sorted) {
      if (!this.byRoom.has(alert.room)) this.byRoom.set(alert.room, []);
      this.byRoom.get(alert.room).push(alert);
    }
  }

  /** The alerts that are not over. */
  get active() {
    return this.sorted.filter((alert) => !alert.resolved_at);
  }

  /** The worst alert of a room that its tile shows; information stays in the rail. */
  worst(room) {
    return this.byRoom.get(room)?.find((alert) => alert.severity !== "info" && !alert.resolved_at) ?? null;
  }

  abnormal(room) {
    return Boolean(this.worst(room) || this.rooms.get(room)?.stalled);
  }

  name(room) {
    return this.rooms.get(room)?.name ?? (room || word("everywhere"));
  }
}
