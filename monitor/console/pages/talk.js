// The comment stream: newest at the bottom, complaints marked, paused by hovering or by hand.

import { clockTime, count } from "./figures.js";
import { make } from "./settings.js";
import { say } from "./tile.js";
import { word } from "./words.js";

const SHOWN = 60;
const by = (id) => document.getElementById(id);
const list = by("comments");

export class Talk {
  constructor(state) {
    this.state = state;
    this.onlyNegative = false;
    this.held = false;
    this.hovered = false;
    this.text = "";
    this.until = 0; // the number of the newest one shown while it is paused
    by("only-negative").addEventListener("click", () => this.toggleNegative());
    by("pause").addEventListener("click", () => this.togglePause());
    by("find").addEventListener("input", () => {
      this.text = by("find").value.trim().toLowerCase();
      this.draw();
    });
    by("find").addEventListener("keydown", (event) => event.key === "Escape" && by("find").blur());
    list.addEventListener("pointerenter", () => this.hover(true));
    list.addEventListener("pointerleave", () => this.hover(false));
  }

  get paused() {
    return this.held || this.hovered;
  }

  hover(hovered) {
    if (!this.paused) this.until = this.newest;
    this.hovered = hovered;
    this.draw();
  }

  get newest() {
    return this.state.comments.at(-1)?.number ?? 0;
  }

  togglePause() {
    if (!this.paused) this.until = this.newest;
    this.held = !this.held;
    this.draw();
  }

  toggleNegative() {
    this.onlyNegative = !this.onlyNegative;
    this.draw();
  }

  draw() {
    const all = this.state.comments;
    const shown = all.filter((said) => (!this.paused || said.number <= this.until)
      && (!this.onlyNegative || said.negative)
      && (!this.text || said.text.toLowerCase().includes(this.text) || said.user.toLowerCase().includes(this.text)));
    list.replaceChildren(...shown.slice(-SHOWN).map(line));
    list.scrollTop = list.scrollHeight;
    const fresh = this.paused ? all.filter((said) => said.number > this.until).length : 0;
    by("paused").hidden = !this.paused;
    say(by("paused"), word("pausedNew", fresh));
    by("only-negative").setAttribute("aria-pressed", String(this.onlyNegative));
    by("pause").setAttribute("aria-pressed", String(this.held));
    say(by("only-negative"), word("onlyNegative"));
    say(by("pause"), word(this.held ? "goOn" : "pause"));
    by("find").placeholder = word("searchComments");
    by("find").setAttribute("aria-label", word("searchComments"));
  }

  /** What all comments of the last five minutes are about, not only those that are shown. */
  drawTopics(heads) {
    const counts = Object.entries(heads).filter(([name, value]) => value && /^topic_.*_5m$|^questions_5m$/.test(name));
    const rows = counts.sort((a, b) => b[1] - a[1]).slice(0, 4);
    const most = Math.max(1, ...rows.map(([, value]) => value));
    by("topics").replaceChildren(...rows.map(([name, value]) => {
      const asking = name.startsWith("questions");
      const row = make("li", asking ? "" : "negative");
      const bar = make("i");
      bar.append(make("u"));
      bar.firstElementChild.style.width = `${(100 * value) / most}%`;
      row.append(make("span", "", asking ? word("asking") : `${word("complaint")} · ${word(name.slice(0, -3))}`), bar, make("b", "", count(value)));
      return row;
    }));
  }
}

function line(said) {
  const row = make("li", said.negative ? "negative" : said.staff ? "staff" : "");
  row.append(make("time", "", clockTime(said.at).slice(3)), make("b", "", said.user), make("span", "", said.text));
  if (said.negative) row.append(make("em", "", `${word("complaint")} ${word(`topic_${said.topic || "other"}`)}`));
  else if (said.question) row.append(make("em", "", word("ask")));
  else if (said.staff) row.append(make("em", "", word("anchor")));
  return row;
}
