// One room on the wall. Nodes are made once; a node is touched only where what it says changed.

import { UNKNOWN, bounded, clockTime, count, dayTime, minutes, percent, span, units } from "./figures.js";
import { Spark } from "./charts.js";
import { toRoom } from "./places.js";
import { PRIORITY } from "./state.js";
import { language, word } from "./words.js";

const template = document.getElementById("tile-template");
const UNSEEN_S = 60; // after that long without data the last values are no longer shown
const SHIFTS = ["hook", "push", "benefit"];
const MARKS = {
  zh: { douyin: "抖", kuaishou: "快", taobao: "淘", bilibili: "B", wechat: "视", tiktok: "T", xiaohongshu: "红", jd: "京" },
  en: { douyin: "DY", kuaishou: "KS", taobao: "TB", bilibili: "B", wechat: "WX", tiktok: "TT", xiaohongshu: "XH", jd: "JD" },
};
// Which figure of the tile an alert's values are about, by how their names begin.
const FAULTS = [
  ["online", /^(online|viewers)/],
  ["gmv", /^(gmv|orders|paid)/],
  ["conversion", /^conversion/],
  ["interaction", /^(interaction|comments|likes|engagement|negative)/],
  ["phase", /^(segment|hook|push|benefit)/],
];

/** Set a node's text only if it is another one. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Set all classes of a node only if they are others. */
export function wear(node, classes) {
  if (node.getAttribute("class") !== classes) node.setAttribute("class", classes);
}

export class Tile {
  constructor(id) {
    this.node = template.content.firstElementChild.cloneNode(true);
    this.node.dataset.room = id;
    const find = (selector) => this.node.querySelector(selector);
    this.glyph = find(".glyph");
    this.use = find("use");
    this.name = find(".name");
    this.name.href = toRoom(id);
    this.platform = find(".platform");
    this.spark = new Spark(find(".spark"));
    this.online = find(".online b");
    this.trend = find(".online small");
    this.off = find(".off b");
    this.nextTime = find(".off small");
    this.line = find(".line");
    this.lineText = find(".line span");
    this.phaseText = find(".phase span");
    this.bars = SHIFTS.map((name) => find(`.phase .${name}`));
    this.figures = ["gmv", "conversion", "interaction"].map((name) => [find(`.${name} span`), find(`.${name} b`)]);
    this.faulty = { online: this.online, gmv: this.figures[0][1], conversion: this.figures[1][1], interaction: this.figures[2][1], phase: this.phaseText };
  }

  /** Draw the room and its worst alert, or null; `now` is the server's. */
  draw(room, alert, now) {
    this.room = room;
    this.alert = alert;
    const dark = room.stalled || alert?.severity === "data_lost";
    this.dark = dark && room.live !== false;
    say(this.name, room.name);
    this.node.title = room.name;
    say(this.platform, MARKS[language][room.platform] ?? (room.platform.slice(0, 2) || UNKNOWN));
    this.drawAlert(alert, room);
    this.drawFigures(room, now);
    say(this.off, word("notLive"));
    say(this.nextTime, room.next_at === null ? "" : word("nextSession", dayTime(room.next_at, now)));
    if (room.live !== false) this.spark.draw(room.spark, room.band, this.faulty.online.classList.contains("fault") ? PRIORITY[alert.severity] : "line");
    this.tick(now);
  }

  drawAlert(alert, room) {
    const priority = alert ? PRIORITY[alert.severity] : "";
    const acked = alert?.acked_at ? "acked" : "unacked";
    this.classes = ["tile", priority, alert ? acked : "", this.dark ? "stale" : "", room.live === false ? "not-live" : ""];
    wear(this.node, [...this.classes, this.selected ? "selected" : ""].filter(Boolean).join(" "));
    const shown = alert && priority !== "lost"; // data lost has its mark in the line below
    this.glyph.toggleAttribute("hidden", !shown);
    if (alert && this.use.getAttribute("href") !== `#${priority}`) this.use.setAttribute("href", `#${priority}`);
    this.node.setAttribute("aria-label", alert ? `${room.name} ${word(priority)} ${alert.summary}` : room.name);
    const names = Object.keys(alert?.values ?? {});
    for (const [figure, pattern] of FAULTS) {
      const fault = alert && priority !== "lost" && names.some((name) => pattern.test(name));
      this.faulty[figure].classList.toggle("fault", Boolean(fault));
    }
  }

  drawFigures(room, now) {
    const unseen = this.dark && room.quiet_since !== null && now - room.quiet_since > UNSEEN_S;
    this.unseen = unseen;
    say(this.online, unseen ? UNKNOWN : count(room.online) + (room.online_lower_bound && room.online !== null ? "+" : ""));
    const trend = unseen ? null : room.trend;
    const arrow = trend > 0 ? "▲" : trend < 0 ? "▼" : "";
    wear(this.trend, trend > 0 ? "up" : trend < 0 ? "down" : "");
    say(this.trend, trend === null ? "" : `${arrow} ${percent(Math.abs(trend))}`.trim());
    const reached = room.goal_minor ? percent((room.gmv_minor ?? 0) / room.goal_minor, 0) : null;
    const texts = [
      [reached === null || room.gmv_minor === null ? word("gmv") : `${word("gmv")} ${word("reached", reached)}`, count(units(room.gmv_minor, room.currency))],
      [word("conversion"), bounded(room.bounds.conversion, percent(room.conversion))],
      [word("interaction"), bounded(room.bounds.interaction_rate, percent(room.interaction_rate))],
    ];
    texts.forEach(([label, value], index) => {
      say(this.figures[index][0], label);
      say(this.figures[index][1], unseen ? UNKNOWN : value);
    });
  }

  /** What the passing of time alone changes: countdown, age of the data. */
  tick(now) {
    const room = this.room;
    if (this.dark && !this.unseen && room.quiet_since !== null && now - room.quiet_since > UNSEEN_S) this.drawFigures(room, now);
    this.drawLine(now);
    const at = SHIFTS.indexOf(room.segment);
    const passed = room.segment_at === null ? null : Math.max(0, now - room.segment_at);
    this.bars.forEach((bar, index) => {
      wear(bar, `${SHIFTS[index]}${at < 0 || index > at ? "" : index < at ? " done" : " now"}`);
      if (index !== at) return;
      const part = passed === null || !room.segment_limit_s ? 0 : Math.min(1, passed / room.segment_limit_s);
      const scale = `scaleX(${part.toFixed(3)})`;
      if (bar.firstElementChild.style.transform !== scale) bar.firstElementChild.style.transform = scale;
    });
    say(this.phaseText, this.phase(passed));
    this.phaseText.classList.toggle("over", Boolean(room.segment_limit_s) && passed > room.segment_limit_s);
  }

  phase(passed) {
    const room = this.room;
    if (!room.segment) return UNKNOWN;
    const name = `${(room.segment_confidence ?? 1) < 1 ? "≈" : ""}${word(room.segment)}`; // ≈: nobody said so
    if (passed === null) return name;
    if (!room.segment_limit_s) return `${name} ${minutes(passed)}`;
    const left = room.segment_limit_s - passed;
    // Rounded up, so that 00:00 is the moment it ends and overtime counts from there.
    return left > 0 ? `${name} ${minutes(Math.ceil(left))}` : `${name} +${minutes(-left)}`;
  }

  drawLine(now) {
    const { room, alert, line } = this;
    if (this.dark) {
      wear(line, "line dark");
      const age = room.quiet_since === null ? "" : span(now - room.quiet_since);
      say(this.lineText, word("dark", age).trim());
    } else if (alert) {
      wear(line, "line alarm");
      say(this.lineText, alert.summary || alert.rule);
    } else {
      wear(line, "line");
      say(this.lineText, word("sellout", room.sellout ? span(room.sellout.sellout_s) : UNKNOWN));
    }
  }

  select(selected) {
    this.selected = selected;
    this.node.classList.toggle("selected", selected);
  }
}

/** A line of the log, in words. */
export function logLine(line, name) {
  const room = name(line.room);
  const about = line.summary || line.rule;
  const words = {
    fired: () => word("logFired", room, about),
    again: () => word("logAgain", room, about),
    acked: () => word("logAcked", room, about, line.by || UNKNOWN),
    resolved: () => word("logResolved", room, about, line.since === null ? UNKNOWN : span(line.at - line.since)),
    muted: () => word("logMuted", room, about),
    escalated: () => word("logEscalated", room, about, line.by || word("nobodyOnCall")),
    inhibited: () => word("logMuted", room, about),
  };
  return [clockTime(line.at, false), words[line.change]?.() ?? `${room} ${about}`];
}
