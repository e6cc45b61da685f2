// What every page has: the link, the clock, who is logged in, language, settings, sound, keys.

import { tellTimesIn } from "./figures.js";
import { drawLink, drawWho } from "./header.js";
import { Link } from "./link.js";
import { replay, unsay } from "./places.js";
import { Scrub } from "./scrub.js";
import { setting, showSettings, wearSettings } from "./settings.js";
import { Sound } from "./sound.js";
import { switchLanguage, translate, word } from "./words.js";

const TICK_MS = 250;
const NARROW = 760; // pixels; below, a page flows instead of being scaled
const WIDE = 2.8; // a screen of 32:9 has a layout of its own, twice as many places
const VERSION = import.meta.url.split("/").at(-2);
const by = (id) => document.getElementById(id);
const stage = by("stage");

/** POST something that changes; the HTTP status, 0 where nobody answers. */
export async function change(path, body, csrf) {
  const headers = { "Content-Type": "application/json", "X-CSRF": csrf ?? "" };
  try {
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(5000) });
    return answer.status;
  } catch {
    return 0;
  }
}

export class Page {
  /** `sub` is what to show; `take(frame)` is called for every frame, `draw()` when words change. */
  constructor({ sub, take, tick, draw, keys, hints = [], title = "title" }) {
    this.draw = draw;
    this.onTick = tick;
    this.keys = keys;
    this.hintRows = hints;
    this.title = title;
    this.sound = new Sound();
    this.link = new Link((frame) => (frame.type === "hello" ? this.welcome(frame) : take(frame)), sub);
    if (replay) {
      this.scrub = new Scrub(this);
      this.link.onReplay = (about) => this.scrub.take(about);
      this.sound.hear = () => {}; // what is over calls nobody
    }
    by("retry").addEventListener("click", () => this.retry());
    by("logout")?.addEventListener("click", () => this.logout());
    by("settings")?.addEventListener("click", () => showSettings(() => this.drawWords(), [["tone", () => this.sound.test()]]));
    by("language")?.addEventListener("click", () => {
      switchLanguage();
      unsay("lang");
      this.drawWords();
    });
    document.addEventListener("keydown", (event) => this.press(event));
    addEventListener("resize", fit);
  }

  begin() {
    fit();
    this.drawWords();
    this.link.connect();
    setInterval(() => this.tick(), TICK_MS);
  }

  get mayAct() {
    return Boolean(this.link.hello) && this.link.hello.role !== "viewer" && !replay; // what is over stays as it was
  }

  /** Change something, with the session's own mark. */
  change(path, body) {
    return change(path, body, this.link.hello?.csrf);
  }

  welcome(hello) {
    if (hello.asset_version !== VERSION && sessionStorage.getItem("reloaded") !== hello.asset_version) {
      sessionStorage.setItem("reloaded", hello.asset_version); // once a version: never a circle
      location.reload();
      return;
    }
    tellTimesIn(hello.timezone);
    if (by("who")) drawWho(hello);
    this.drawHints();
    this.draw();
  }

  press(event) {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
    if (setting("keys") === "off" && event.key.length === 1 && event.key !== "?") return;
    const keys = { r: () => this.retry(), m: () => this.sound.hush(), "?": () => by("help")?.showModal(), ...this.keys, ...this.scrub?.keys };
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  }

  retry() {
    if (this.link.lostAt !== null) this.link.connect();
  }

  async logout() {
    await fetch("/api/logout", { method: "POST", headers: { "X-CSRF": this.link.hello.csrf } }).catch(() => null);
    location.replace("/login");
  }

  tick() {
    this.link.tick();
    drawLink(this.link);
    this.sound.tick();
    if (this.link.lastAt !== null) this.onTick(this.link.now);
    this.scrub?.tick();
  }

  drawWords() {
    translate(document);
    by("retry").textContent = word("retry");
    if (by("language")) by("language").textContent = word("other_language");
    wearSettings();
    this.sound.draw();
    this.scrub?.draw();
    this.drawHints();
    if (this.link.hello && by("who")) drawWho(this.link.hello);
    if (!stage.classList.contains("waiting")) this.draw();
  }

  drawHints() {
    if (!by("hints")) return;
    const key = (name) => Object.assign(document.createElement("kbd"), { textContent: name });
    const rows = [...this.hintRows, ...(replay ? REPLAY : [])].filter((row) => this.mayAct || !row.acts);
    by("hints").replaceChildren(...rows.filter((row) => row.hint).map((row) => {
      const hint = document.createElement("span");
      hint.append(...row.keys.split(" ").map(key), word(row.hint));
      return hint;
    }));
    by("keys")?.replaceChildren(...rows.flatMap((row) => {
      const term = document.createElement("dt");
      term.append(...row.keys.split(" ").flatMap((name) => [key(name), " "]));
      return [term, Object.assign(document.createElement("dd"), { textContent: word(row.help) })];
    }));
  }
}

/** Scale the stage as one piece; a narrow window lets it flow. */
function fit() {
  const narrow = innerWidth < NARROW;
  document.body.classList.toggle("narrow", narrow);
  if (narrow || stage.classList.contains("flows")) {
    stage.style.transform = "";
    return;
  }
  const wide = innerWidth / innerHeight >= WIDE;
  document.body.classList.toggle("wide", wide);
  const width = wide ? 3840 : 1920;
  const scale = Math.min(innerWidth / width, innerHeight / 1080);
  const [left, top] = [(innerWidth - width * scale) / 2, (innerHeight - 1080 * scale) / 2];
  stage.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
}

/** The keys of a replay. */
const REPLAY = [
  { keys: "P", help: "keyReplayPlay" },
  { keys: "← →", help: "keyReplayMove" },
];

/** The rows of keys that every page has. */
export const COMMON = [
  { keys: "M", help: "keyHush" },
  { keys: "R", help: "keyRetry" },
  { keys: "?", hint: "hintHelp", help: "keyHelp" },
];
