// The bar under every page of a replay: where it is, play and pause, how fast, go elsewhere, end.

import { clockTime, dayOf, minutes } from "./figures.js";
import { replay } from "./places.js";
import { called } from "./sessions_kept.js";
import { make } from "./settings.js";
import { PRIORITY } from "./state.js";
import { say } from "./tile.js";
import { word } from "./words.js";

const SPEEDS = [0.5, 1, 2, 5, 10, 30, 60, 120];
const SVG = "http://www.w3.org/2000/svg";
const STEPS = 1000;
const BACK_S = 30; // an arrow goes so far
const PATIENCE_MS = 20_000; // until we show where it is, not where somebody wants it to be

export class Scrub {
  /** `page` is told to move the replay. */
  constructor(page) {
    this.page = page;
    this.about = null;
    this.dragging = false;
    this.goal = null; // where it was told to go, until it is there
    this.node = make("div", "scrub");
    this.node.setAttribute("role", "group");
    this.chip = this.node.appendChild(make("b", "chip"));
    this.name = this.node.appendChild(make("span", "name"));
    this.at = this.node.appendChild(make("time"));
    this.play = this.button(() => this.move({ play: !this.about.playing }));
    this.speed = this.node.appendChild(make("select", "button"));
    this.speed.append(...SPEEDS.map((speed) => Object.assign(make("option", "", `${speed}×`), { value: speed })));
    this.speed.addEventListener("change", () => this.move({ speed: Number(this.speed.value) }));
    this.strip = this.node.appendChild(make("div", "strip"));
    this.bars = this.strip.appendChild(document.createElementNS(SVG, "svg"));
    this.bars.setAttribute("preserveAspectRatio", "none");
    this.bars.setAttribute("aria-hidden", "true");
    this.knob = this.strip.appendChild(make("input"));
    Object.assign(this.knob, { type: "range", min: 0, max: STEPS, value: 0 });
    this.knob.addEventListener("input", () => {
      this.dragging = true;
      say(this.at, this.stamp(this.chosen));
    });
    this.knob.addEventListener("change", () => {
      this.dragging = false;
      this.move({ at: this.chosen });
    });
    this.left = this.node.appendChild(make("span", "left"));
    this.end = this.button(() => this.close());
    document.getElementById("stage").append(this.node);
    document.getElementById("stage").classList.add("replaying");
  }

  button(act) {
    const button = this.node.appendChild(make("button", "button"));
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  get chosen() {
    const { start, end } = this.about.survey;
    return start + ((end - start) * Number(this.knob.value)) / STEPS;
  }

  get keys() {
    const by = (seconds) => this.about?.survey && this.move({ at: this.now + seconds });
    return { p: () => this.about && this.move({ play: !this.about.playing }), ArrowLeft: () => by(-BACK_S), ArrowRight: () => by(BACK_S) };
  }

  /** Where it is; on its way, where it will be. */
  get now() {
    return this.goal?.at ?? this.within(this.page.link.now);
  }

  within(at) {
    const { start, end } = this.about.survey;
    return Math.max(start, Math.min(end, at));
  }

  async move(what) {
    if (what.at !== undefined) this.goal = { at: this.within(what.at), until: performance.now() + PATIENCE_MS };
    this.tick();
    const status = await this.page.change("/api/replays/move", { id: replay, ...what });
    this.node.classList.toggle("refused", status !== 200);
    if (status !== 200) this.goal = null;
  }

  async close() {
    this.page.link.leaving = true; // its end closes the socket, too
    await this.page.change("/api/replays/close", { id: replay });
    location.assign("/replay");
  }

  stamp(at) {
    return `${dayOf(at)} ${clockTime(at)}`;
  }

  /** What the server says of the replay. */
  take(about) {
    if (about.survey && !this.about?.survey) this.drawBars(about.survey.bars);
    this.about = about;
    const there = this.goal && about.busy === null && Math.abs(about.now - this.goal.at) <= 1 + about.speed;
    if (there || performance.now() > this.goal?.until) this.goal = null;
    this.draw();
  }

  draw() {
    const { about } = this;
    if (!about) return;
    const may = this.page.link.hello?.role !== "viewer";
    const ready = may && about.survey && !about.failed;
    for (const each of [this.play, this.speed, this.knob]) each.disabled = !ready;
    this.end.hidden = !may;
    const reading = about.survey ? word("replayBusy", Math.round(100 * (about.busy ?? 0))) : word("replayReading");
    say(this.chip, about.failed ? word("replayFailed", about.failed) : about.busy !== null ? reading : word(about.playing ? "replaying" : "replayPaused"));
    say(this.name, called(about.name)[0]);
    this.drawMarks(about.marks);
    this.name.title = about.name;
    say(this.play, about.playing ? "❚❚" : "▶");
    this.play.setAttribute("aria-label", word(about.playing ? "replayPause" : "replayPlay"));
    this.speed.setAttribute("aria-label", word("replaySpeed"));
    this.knob.setAttribute("aria-label", word("replayAt"));
    if (document.activeElement !== this.speed) this.speed.value = String(about.speed);
    say(this.end, word("replayEnd"));
    this.tick();
  }

  /** The passing of its time. */
  tick() {
    const survey = this.about?.survey;
    if (!survey || this.dragging) return;
    const { now } = this;
    const part = (now - survey.start) / Math.max(1, survey.end - survey.start);
    say(this.at, this.stamp(now));
    say(this.left, `${minutes(now - survey.start)} / ${minutes(survey.end - survey.start)}`);
    if (document.activeElement !== this.knob || this.about.busy === null) this.knob.value = Math.round(STEPS * part);
    this.knob.setAttribute("aria-valuetext", this.stamp(now));
    this.bars.style.setProperty("--part", part);
    this.done?.setAttribute("width", part * this.wide);
  }

  /** Where alerts fired, as far as it has been played. */
  drawMarks(marks) {
    const said = JSON.stringify(marks);
    if (said === this.marked || !this.wide) return;
    this.marked = said;
    const { start, end } = this.about.survey;
    this.strip.querySelectorAll("i").forEach((each) => each.remove());
    this.strip.append(...marks.map(([at, severity]) => {
      const mark = make("i", PRIORITY[severity]);
      mark.style.left = `${(100 * (at - start)) / Math.max(1, end - start)}%`;
      return mark;
    }));
  }

  drawBars(bars) {
    const most = Math.max(1, ...bars);
    this.wide = bars.length;
    this.bars.setAttribute("viewBox", `0 0 ${bars.length} 100`);
    const column = (value, index) => {
      const rect = document.createElementNS(SVG, "rect");
      const high = value ? 8 + (92 * value) / most : 0;
      for (const [name, each] of Object.entries({ x: index + 0.1, y: 100 - high, width: 0.8, height: high })) rect.setAttribute(name, each);
      return rect;
    };
    this.done = document.createElementNS(SVG, "rect");
    this.done.setAttribute("class", "done");
    this.done.setAttribute("height", 100);
    this.bars.replaceChildren(this.done, ...bars.map(column));
  }
}
