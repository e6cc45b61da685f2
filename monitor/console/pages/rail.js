// The right rail: open alerts with their buttons, and the log of what happened.

import { minutes, percent } from "./figures.js";
import { toRoom } from "./places.js";
import { PRIORITY } from "./state.js";
import { logLine, say, wear } from "./tile.js";
import { metric, named, whyQuiet, word } from "./words.js";

const template = document.getElementById("alert-template");
const list = document.getElementById("alerts");
const log = document.getElementById("log");
const calm = document.getElementById("calm");
const total = document.getElementById("total");
const urgent = document.getElementById("urgent");
const told = document.getElementById("told");
const LOG_LINES = 7;
const ECHO_MS = 5000; // an acknowledgement that is not echoed by then is offered again
const TOGETHER_S = 60; // alerts of a room that begin so close are likely of one cause
const began = (alert) => alert.fired_at ?? alert.since;
const RATIO = /(share|rate|conversion)/;

export class Rail {
  /** `send(alert)` acknowledges and returns the HTTP status; `choose(key)` selects, `hush(alert)` asks to mute. */
  constructor(state, send, choose, hush) {
    this.hush = hush;
    this.state = state;
    this.send = send;
    this.choose = choose;
    this.rows = new Map();
    this.sending = new Map(); // key → episode
    this.failed = new Map(); // key → word
    this.spoken = null; // what has been said aloud; null before the first look
    this.flooded = false; // then what follows from another alert is folded into that one
    this.mayAck = false;
    this.full = false; // with the rule, its playbook and all of the figures
    this.ofRoom = false; // the room is known: what happened is the title
    this.logLines = LOG_LINES;
  }

  draw(selected, now) {
    const alerts = this.shown();
    const kept = new Set(alerts.map((alert) => alert.key));
    for (const [key, row] of this.rows) {
      if (kept.has(key)) continue;
      row.node.remove();
      this.rows.delete(key);
      this.failed.delete(key);
      this.sending.delete(key);
    }
    alerts.forEach((alert, index) => {
      const row = this.rows.get(alert.key) ?? this.make(alert.key);
      if (list.children[index] !== row.node) list.insertBefore(row.node, list.children[index] ?? null);
      this.fill(row, alert, alert.key === selected);
    });
    calm.hidden = alerts.length > 0;
    say(total, word("total", this.state.sorted.length));
    this.speak(this.state.active);
    this.tick(now);
  }

  make(key) {
    const node = template.content.firstElementChild.cloneNode(true);
    const find = (selector) => node.querySelector(selector);
    const row = {
      node, use: find("use"), room: find(".title a"), tag: find("em"), age: find("time"), summary: find(".summary"),
      values: find(".values"), todo: find(".todo"), why: find(".why"), more: find(".more"), button: find(".ack"), mute: find(".mute"), by: find(".by"),
    };
    node.dataset.key = key;
    node.addEventListener("click", () => this.choose(key));
    row.button.addEventListener("click", (event) => {
      event.stopPropagation();
      this.acknowledge(key);
    });
    row.mute.addEventListener("click", (event) => {
      event.stopPropagation();
      this.askMute(key);
    });
    this.rows.set(key, row);
    return row;
  }

  fill(row, alert, selected) {
    const priority = PRIORITY[alert.severity];
    const acked = Boolean(alert.acked_at);
    if (acked) {
      this.sending.delete(alert.key);
      this.failed.delete(alert.key);
    }
    const sending = this.sending.get(alert.key) === alert.episode;
    const failed = this.failed.get(alert.key);
    wear(row.node, [priority, acked ? "acked" : alert.resolved_at ? "returned" : "unacked", sending ? "sending" : "", failed ? "failed" : "", selected ? "selected" : ""].filter(Boolean).join(" "));
    row.use.setAttribute("href", `#${priority}`);
    const what = alert.summary || alert.rule;
    say(row.room, this.ofRoom ? what : this.state.name(alert.room));
    if (!this.ofRoom) row.room.href = toRoom(alert.room);
    row.summary.hidden = this.ofRoom;
    const followers = this.followers(alert);
    row.tag.hidden = !alert.resolved_at && alert.state !== "recovering" && !followers.length;
    say(row.tag, word(alert.resolved_at ? "returned" : alert.state === "recovering" ? "recovering" : "firstOut"));
    say(row.summary, what);
    say(row.values, Object.entries(alert.values).slice(0, this.full ? 12 : 3).map(([name, value]) => `${metric(name)} ${figure(name, value)}`).join(" · "));
    const causes = followers.length ? word("followers", followers.length, [...new Set(followers.map((each) => each.rule))].join("、")) : "";
    say(row.todo, [[alert.role, alert.action].filter(Boolean).join(" → "), causes].filter(Boolean).join(" · "));
    row.todo.hidden = !row.todo.textContent;
    say(row.why, this.full ? [word("rule", alert.rule), alert.playbook ? word("playbook", alert.playbook) : ""].filter(Boolean).join(" · ") : "");
    row.why.hidden = !row.why.textContent;
    row.mute.hidden = !this.mayAck || Boolean(alert.quiet || alert.resolved_at);
    say(row.mute, word("mute"));
    row.button.hidden = acked || !this.mayAck;
    row.button.disabled = sending;
    say(row.button, word(sending ? "sending" : "ack"));
    row.by.hidden = !(failed || acked || alert.quiet);
    say(row.by, failed ? word(failed) : acked ? word("ackedBy", alert.acked_by) : alert.quiet ? whyQuiet(alert.quiet) : "");
  }

  /** The alerts of the same room that began within a minute after this one, the first of them. */
  followers(alert) {
    if (alert.resolved_at) return [];
    const at = began(alert);
    const near = this.state.active.filter((each) => each.room === alert.room && each !== alert && Math.abs(began(each) - at) <= TOGETHER_S);
    return near.every((each) => began(each) > at || (began(each) === at && each.key > alert.key)) ? near : [];
  }

  /** Grey at once; what the server echoes decides. */
  async acknowledge(key) {
    const alert = this.state.alerts.get(key);
    if (!alert || alert.acked_at || !this.mayAck || this.sending.has(key)) return;
    this.sending.set(key, alert.episode);
    this.failed.delete(key);
    this.again(key);
    const status = await this.send(alert);
    if (status === 200) {
      setTimeout(() => this.release(key), ECHO_MS);
      return;
    }
    this.failed.set(key, [401, 403, 404].includes(status) ? `failed${status}` : "failed");
    this.release(key);
  }

  askMute(key) {
    const alert = this.state.alerts.get(key);
    if (alert && this.mayAck && !alert.quiet && !alert.resolved_at) this.hush(alert);
  }

  release(key) {
    if (this.sending.delete(key)) this.again(key);
  }

  again(key) {
    const row = this.rows.get(key);
    const alert = this.state.alerts.get(key);
    if (row && alert) this.fill(row, alert, row.node.classList.contains("selected"));
  }

  /** The alerts that have a row: all of them, but in a flood the followers of another one. */
  shown() {
    const { sorted } = this.state;
    if (!this.flooded) return sorted;
    const folded = new Set(sorted.flatMap((alert) => this.followers(alert)).filter((alert) => alert.severity !== "critical"));
    return sorted.filter((alert) => !folded.has(alert));
  }

  /** Say aloud, once, what is new: at once where somebody must act now. */
  speak(alerts) {
    const loud = alerts.filter((alert) => !alert.acked_at && !alert.quiet && alert.severity !== "info");
    const fresh = loud.filter((alert) => this.spoken === null ? alert.severity === "critical" : !this.spoken.has(`${alert.key}|${alert.episode}`));
    for (const [node, some] of [[urgent, fresh.filter((alert) => alert.severity === "critical")], [told, fresh.filter((alert) => alert.severity !== "critical")]]) {
      if (node && some.length) say(node, some.map((alert) => `${this.state.name(alert.room)} ${alert.summary || alert.rule}`).join("; "));
    }
    this.spoken = new Set(loud.map((alert) => `${alert.key}|${alert.episode}`));
  }

  tick(now) {
    for (const alert of this.state.sorted) {
      const row = this.rows.get(alert.key);
      if (!row) continue;
      say(row.age, minutes(now - (alert.fired_at ?? alert.since)));
      say(row.more, this.more?.(alert, now) ?? "");
      row.more.hidden = !row.more.textContent;
    }
  }

  drawLog() {
    const lines = this.state.log.slice(-this.logLines).reverse();
    log.replaceChildren(...lines.map((line) => {
      const [at, text] = logLine(line, (room) => this.state.name(room));
      const item = document.createElement("li");
      const time = item.appendChild(document.createElement("time"));
      const words = item.appendChild(document.createElement("span"));
      time.textContent = at;
      words.textContent = words.title = text;
      return item;
    }));
  }
}

function figure(name, value) {
  if (typeof value !== "number") return value ? named(value) : "—";
  if (RATIO.test(name)) return percent(value);
  return Number.isInteger(value) ? value.toLocaleString("en") : value.toFixed(2);
}
