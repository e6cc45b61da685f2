// The WebSocket: connects, asks again where a frame is missing, and knows what time it is there.
//
// Time is the server's. It stands still while nothing comes, so that no clock runs over dead data.
// In a replay it is the recording's, and passes as fast as that is played.

import { replay, to } from "./places.js";

const FIRST_WAIT_S = 0.5;
const LONGEST_WAIT_S = 8;
const LATE_S = 3;
const DEAD_S = 10; // half-open: nothing comes and nobody says so
const SAMPLES = 30;
const AHEAD_S = 1; // a replay's time is told at least so often

const steady = () => performance.now() / 1000;

export class Link {
  /** `take(frame)` is given every frame but heartbeats; `sub` says what is to be shown. */
  constructor(take, sub = { view: "wall" }) {
    this.sub = sub;
    this.take = take;
    this.hello = null;
    this.tries = 0;
    this.retryAt = null; // steady seconds; null while connecting or connected
    this.lostAt = null; // steady seconds
    this.lastAt = null; // steady seconds of the last message
    this.seq = null;
    this.asked = false;
    this.offsets = [];
    this.offset = 0;
    this.leaving = false; // somebody else leads away from here
    this.anchor = [0, 0]; // of a replay: its time, and when we were told
    this.pace = 1;
    this.socket = null;
  }

  connect() {
    clearTimeout(this.timer);
    this.retryAt = null;
    this.abandon();
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${to("/ws")}`);
    this.socket = socket;
    this.startedAt = steady();
    socket.onmessage = (event) => this.receive(JSON.parse(event.data));
    socket.onclose = () => this.lost();
  }

  abandon() {
    if (!this.socket) return;
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  receive(frame) {
    const at = steady();
    this.lastAt = at;
    if (frame.server_time && replay) this.anchor = [frame.server_time, at];
    else if (frame.server_time) this.sample(frame.server_time - at, frame.type === "hello");
    if (frame.replay) {
      this.pace = frame.replay.playing && frame.replay.busy === null ? frame.replay.speed : 0;
      this.onReplay?.(frame.replay);
    }
    if (frame.type === "hello") {
      this.hello = frame;
      this.socket.send(JSON.stringify({ type: "sub", ...this.sub }));
    } else if (frame.type === "hb") {
      if (this.seq !== null && frame.seq > this.seq) this.resync();
      return;
    } else if (frame.type === "snap") {
      this.seq = frame.seq;
      this.asked = false;
      this.lostAt = null;
      this.tries = 0;
    } else if (frame.base !== this.seq) {
      this.resync();
      return;
    } else {
      this.seq = frame.seq;
    }
    this.take(frame);
  }

  resync() {
    if (this.asked) return; // the snapshot is on its way
    this.asked = true;
    this.socket.send(JSON.stringify({ type: "resync" }));
  }

  /** The least delayed of the last samples is the nearest to the truth. */
  sample(offset, afresh) {
    if (afresh) this.offsets = [];
    this.offsets.push(offset);
    if (this.offsets.length > SAMPLES) this.offsets.shift();
    this.offset = Math.max(...this.offsets);
  }

  async lost() {
    this.abandon();
    this.lostAt ??= this.lastAt ?? steady();
    this.seq = null;
    this.asked = false;
    this.tries += 1;
    const wait = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (this.tries - 1)) * (0.7 + 0.6 * Math.random());
    this.retryAt = steady() + wait;
    this.timer = setTimeout(() => this.connect(), 1000 * wait);
    if (this.leaving) return;
    // A browser does not tell why a WebSocket was refused; an ended session needs a login.
    const answer = await fetch(replay ? "/api/replays" : "/api/me").catch(() => null);
    if (answer?.status === 401) location.replace("/login");
    else if (replay && answer?.ok && (await answer.json()).open.every((each) => each.id !== replay)) location.replace("/replay");
  }

  /** Called four times a second. */
  tick() {
    const since = Math.max(this.lastAt ?? 0, this.startedAt);
    if (this.socket && steady() - since > DEAD_S) this.lost();
  }

  /** Seconds since the last message; null before the first. */
  get age() {
    return this.lastAt === null ? null : steady() - this.lastAt;
  }

  get state() {
    if (this.lastAt === null) return "connecting";
    if (this.lostAt !== null) return "down";
    return this.age > LATE_S ? "late" : "fresh";
  }

  /** Epoch seconds by the server's clock. */
  get now() {
    if (replay) return this.anchor[0] + this.pace * Math.min(steady() - this.anchor[1], AHEAD_S);
    return this.offset + Math.min(steady(), (this.lastAt ?? 0) + LATE_S);
  }

  get lostFor() {
    return this.lostAt === null ? 0 : steady() - this.lostAt;
  }

  get retryIn() {
    return this.retryAt === null ? null : Math.max(0, this.retryAt - steady());
  }
}
