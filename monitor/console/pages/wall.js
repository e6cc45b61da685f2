// The wall: keeps rooms in their places, and everything else in step with the frames.

import { drawCounts, drawLink, drawSums, drawWho } from "./header.js";
import { Link } from "./link.js";
import { Rail } from "./rail.js";
import { PRIORITY, State } from "./state.js";
import { Tile } from "./tile.js";
import { switchLanguage, translate, word } from "./words.js";

const DENSITIES = [4, 12, 24, 40, 60]; // places on one page; what does not fit the last goes on the next
const TICK_MS = 250;
const VERSION = import.meta.url.split("/").at(-2);
const by = (id) => document.getElementById(id);
const stage = by("stage");
const grid = by("grid");

const state = new State();
const tiles = new Map();
const link = new Link(take);
const rail = new Rail(state, acknowledge, select);
const view = { page: 0, onlyAbnormal: false, selected: null, shown: [] };
let stale = { places: false, rooms: new Set(), alerts: false, log: false };
let drawing = false;

/** One frame from the link; drawn with the next picture of the screen, however many there are. */
function take(frame) {
  if (frame.type === "hello") return welcome(frame);
  const changed = state.apply(frame);
  for (const room of changed.rooms) stale.rooms.add(room);
  for (const part of ["places", "alerts", "log"]) stale[part] ||= changed[part];
  if (drawing) return undefined;
  drawing = true;
  // A hidden page gets no animation frames, and its title must count all the same.
  if (document.hidden) setTimeout(draw);
  else requestAnimationFrame(draw);
  return undefined;
}

function welcome(hello) {
  if (hello.asset_version !== VERSION && sessionStorage.getItem("reloaded") !== hello.asset_version) {
    sessionStorage.setItem("reloaded", hello.asset_version); // once a version: never a circle
    location.reload();
    return;
  }
  rail.mayAck = hello.role !== "viewer";
  drawWho(hello);
  drawHints();
}

function draw() {
  drawing = false;
  const changed = stale;
  stale = { places: false, rooms: new Set(), alerts: false, log: false };
  stage.classList.remove("waiting");
  if (view.selected && !state.alerts.has(view.selected)) view.selected = null;
  if (changed.places || (changed.alerts && view.onlyAbnormal)) place();
  else for (const room of changed.alerts ? view.shown : changed.rooms) drawTile(room);
  if (changed.places || changed.rooms.size) drawSums(state);
  if (changed.alerts || changed.places) {
    rail.draw(view.selected, link.now);
    drawCounts(state);
    drawPages();
  }
  if (changed.log || changed.places) rail.drawLog();
}

function density() {
  return DENSITIES.find((places) => places >= state.order.length) ?? DENSITIES.at(-1);
}

function pages() {
  return Math.max(1, Math.ceil(state.order.length / density()));
}

/** Put the tiles of this page in their places; a room keeps its node. */
function place() {
  const places = density();
  view.page = Math.min(view.page, pages() - 1);
  view.shown = view.onlyAbnormal
    ? state.order.filter((room) => state.abnormal(room)).slice(0, places)
    : state.order.slice(view.page * places, (view.page + 1) * places);
  grid.className = `d${places}`;
  for (const room of tiles.keys()) if (!state.rooms.has(room)) tiles.delete(room);
  grid.replaceChildren(...view.shown.map((room) => {
    if (!tiles.has(room)) tiles.set(room, new Tile(room));
    return tiles.get(room).node;
  }));
  for (const room of view.shown) drawTile(room);
  by("filter").hidden = !view.onlyAbnormal;
  by("filter").textContent = word("onlyAbnormal", view.shown.length);
  drawPages();
}

function drawTile(room) {
  const tile = tiles.get(room);
  if (!tile || !tile.node.isConnected) return;
  tile.selected = view.selected !== null && state.alerts.get(view.selected)?.room === room;
  tile.draw(state.rooms.get(room), state.worst(room), link.now);
}

function drawPages() {
  const places = density();
  const buttons = pages() < 2 || view.onlyAbnormal ? [] : Array.from({ length: pages() }, (_, page) => {
    const button = document.createElement("button");
    const alerts = state.order.slice(page * places, (page + 1) * places).map((room) => state.worst(room)).filter(Boolean);
    const worst = state.sorted.find((alert) => alerts.includes(alert));
    button.type = "button";
    button.className = `button ${worst ? PRIORITY[worst.severity] : ""}`;
    button.textContent = page + 1;
    button.setAttribute("aria-label", word("page", page + 1));
    if (page === view.page) button.setAttribute("aria-current", "page");
    button.addEventListener("click", () => turn(page));
    return button;
  });
  by("pages").replaceChildren(...buttons);
}

function turn(page) {
  view.page = Math.max(0, Math.min(pages() - 1, page));
  place();
}

/** Select an alert and show its room. */
function select(key) {
  view.selected = key;
  const room = state.alerts.get(key)?.room;
  const at = state.order.indexOf(room);
  if (at >= 0 && !view.onlyAbnormal && !view.shown.includes(room)) view.page = Math.floor(at / density());
  place();
  rail.draw(view.selected, link.now);
  rail.rows.get(key)?.node.scrollIntoView({ block: "nearest" });
}

function step(by_) {
  const keys = state.sorted.map((alert) => alert.key);
  if (!keys.length) return;
  const at = keys.indexOf(view.selected);
  select(keys[at < 0 ? 0 : Math.max(0, Math.min(keys.length - 1, at + by_))]);
}

/** The first press of A shows what would be acknowledged; the next one does it. */
function acknowledgeSelected() {
  if (view.selected !== null) return rail.acknowledge(view.selected);
  const first = state.sorted.find((alert) => !alert.acked_at);
  return first && select(first.key);
}

async function acknowledge(alert) {
  const headers = { "Content-Type": "application/json", "X-CSRF": link.hello?.csrf ?? "" };
  const body = JSON.stringify({ key: alert.key, episode: alert.episode });
  try {
    return (await fetch("/api/alerts/ack", { method: "POST", headers, body, signal: AbortSignal.timeout(5000) })).status;
  } catch {
    return 0;
  }
}

async function logout() {
  await fetch("/api/logout", { method: "POST", headers: { "X-CSRF": link.hello.csrf } }).catch(() => null);
  location.replace("/login");
}

function filter() {
  view.onlyAbnormal = !view.onlyAbnormal;
  place();
}

function retry() {
  if (link.lostAt !== null) link.connect();
}

const KEYS = {
  j: () => step(1), k: () => step(-1), a: acknowledgeSelected, f: filter, r: retry,
  "[": () => turn(view.page - 1), "]": () => turn(view.page + 1), "?": () => by("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || by("help").open) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

grid.addEventListener("click", (event) => {
  const room = event.target.closest(".tile")?.dataset.room;
  const alert = room && state.byRoom.get(room)?.[0];
  if (alert) select(alert.key);
});

function drawHints() {
  const key = (name) => Object.assign(document.createElement("kbd"), { textContent: name });
  const hints = [[["J", "K"], "hintSelect"], ...(rail.mayAck ? [[["A"], "hintAck"]] : []), [["F"], "hintFilter"], [["?"], "hintHelp"]];
  by("hints").replaceChildren(...hints.map(([names, words]) => {
    const hint = document.createElement("span");
    hint.append(...names.map(key), word(words));
    return hint;
  }));
  const rows = [["J K", "keyNext"], ["A", "keyAck"], ["F", "keyFilter"], ["[ ]", "keyPage"], ["R", "keyRetry"], ["?", "keyHelp"]];
  by("keys").replaceChildren(...rows.flatMap(([names, words]) => {
    const term = document.createElement("dt");
    term.append(...names.split(" ").flatMap((name) => [key(name), " "]));
    return [term, Object.assign(document.createElement("dd"), { textContent: word(words) })];
  }));
}

function drawWords() {
  translate(document);
  by("legend").textContent = word("legend");
  by("retry").textContent = word("retry");
  by("language").textContent = word("other_language");
  drawHints();
  if (link.hello) drawWho(link.hello);
  if (stage.classList.contains("waiting")) return;
  place();
  drawSums(state);
  drawCounts(state);
  rail.draw(view.selected, link.now);
  rail.drawLog();
}

function fit() {
  const scale = Math.min(innerWidth / 1920, innerHeight / 1080);
  const [left, top] = [(innerWidth - 1920 * scale) / 2, (innerHeight - 1080 * scale) / 2];
  stage.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
}

function tick() {
  link.tick();
  drawLink(link);
  if (link.lastAt === null) return;
  for (const room of view.shown) tiles.get(room).tick(link.now);
  rail.tick(link.now);
}

by("retry").addEventListener("click", retry);
by("logout").addEventListener("click", logout);
by("language").addEventListener("click", () => {
  switchLanguage();
  drawWords();
});
addEventListener("resize", fit);
fit();
drawWords();
link.connect();
setInterval(tick, TICK_MS);
