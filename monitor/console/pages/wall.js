// The wall: keeps rooms in their places, and everything else in step with the frames.

import { askMute } from "./ask.js";
import { Filter } from "./filter.js";
import { keepDuty } from "./duty.js";
import { drawCounts, drawSums } from "./header.js";
import { COMMON, Page } from "./page.js";
import { replay, toRoom } from "./places.js";
import { Rail } from "./rail.js";
import { drawRates } from "./rates.js";
import { PRIORITY, State } from "./state.js";
import { Rotation } from "./rotation.js";
import { make } from "./settings.js";
import { glyph } from "./shelf.js";
import { Tile, say } from "./tile.js";
import { word } from "./words.js";

const by = (id) => document.getElementById(id);
const stage = by("stage");
const grid = by("grid");

const state = new State();
const tiles = new Map();
const rail = new Rail(state, acknowledge, select, (alert) => askMute(page, alert, state.name(alert.room)));
const filter = new Filter(() => place());
const rotation = new Rotation(turn, (room) => Math.floor(view.order.indexOf(room) / density()));
const view = { page: (Number(new URLSearchParams(location.search).get("page")) || 1) - 1, selected: null, shown: [], order: [] };
let stale = { places: false, rooms: new Set(), alerts: false, log: false };
let drawing = false;

/** One frame from the link; drawn with the next picture of the screen, however many there are. */
// The link of a notice names an alert; on a phone the page of alerts shows it.
const linked = location.hash.startsWith("#alert=") ? decodeURIComponent(location.hash.slice(7)) : null;
if (linked && innerWidth < 760) location.replace(`/alerts${location.hash}`);

function take(frame) {
  const changed = state.apply(frame);
  for (const room of changed.rooms) stale.rooms.add(room);
  for (const part of ["places", "alerts", "log"]) stale[part] ||= changed[part];
  if (frame.type === "snap" && view.selected === null && state.alerts.has(linked)) setTimeout(() => select(linked));
  if (drawing) return undefined;
  drawing = true;
  // A hidden page gets no animation frames, and its title must count all the same.
  if (document.hidden) setTimeout(draw);
  else requestAnimationFrame(draw);
  return undefined;
}

function draw() {
  drawing = false;
  const changed = stale;
  stale = { places: false, rooms: new Set(), alerts: false, log: false };
  stage.classList.remove("waiting");
  if (view.selected && !state.alerts.has(view.selected)) view.selected = null;
  if (changed.places || (changed.alerts && filter.abnormal)) place();
  else for (const room of changed.alerts ? view.shown : changed.rooms) drawTile(room);
  if (changed.places || changed.rooms.size) drawSums(state);
  if (changed.log || changed.places) drawLog();
  if (changed.alerts || changed.places) {
    rail.draw(view.selected, page.link.now);
    drawCounts(state);
    page.sound.hear(state.active);
    drawPages();
  }
}

function drawLog() {
  rail.drawLog();
  rail.flooded = drawRates(state.fired, page.link.now);
}

/** Places on half of a screen of 32:9, and on a whole one of 16:9. */
function size() {
  return filter.places(Math.ceil(view.order.length / (document.body.classList.contains("wide") ? 2 : 1)));
}

function density() {
  return size() * (document.body.classList.contains("wide") ? 2 : 1);
}

function pages() {
  return Math.max(1, Math.ceil(view.order.length / density()));
}

/** Put the tiles of this page in their places; a room keeps its node. */
function place() {
  filter.offer(state);
  view.order = state.order.filter((room) => filter.shows(state, room));
  const places = density();
  view.page = Math.min(view.page, pages() - 1);
  view.shown = view.order.slice(view.page * places, (view.page + 1) * places);
  grid.className = `d${size()}`;
  for (const room of tiles.keys()) if (!state.rooms.has(room)) tiles.delete(room);
  grid.replaceChildren(...view.shown.map((room) => {
    if (!tiles.has(room)) tiles.set(room, new Tile(room));
    return tiles.get(room).node;
  }));
  for (const room of view.shown) drawTile(room);
  by("filter").hidden = !filter.on;
  by("filter").textContent = word("filtered", view.order.length, state.order.length);
  drawPages();
}

function drawTile(room) {
  const tile = tiles.get(room);
  if (!tile || !tile.node.isConnected) return;
  tile.selected = view.selected !== null && state.alerts.get(view.selected)?.room === room;
  tile.draw(state.rooms.get(room), state.worst(room), page.link.now);
}

function drawPages() {
  const places = density();
  const buttons = pages() < 2 ? [] : Array.from({ length: pages() }, (_, number) => {
    const button = make("button", "button", String(number + 1));
    const alerts = view.order.slice(number * places, (number + 1) * places).map((room) => state.worst(room)).filter(Boolean);
    const worst = state.sorted.find((alert) => alerts.includes(alert));
    button.type = "button";
    if (worst) {
      button.classList.add(PRIORITY[worst.severity], worst.acked_at ? "acked" : "unacked");
      button.prepend(glyph(PRIORITY[worst.severity]));
    }
    button.setAttribute("aria-label", [word("page", number + 1), worst ? word(PRIORITY[worst.severity]) : ""].filter(Boolean).join(" · "));
    if (number === view.page) button.setAttribute("aria-current", "page");
    button.addEventListener("click", () => turn(number));
    return button;
  });
  by("pages").replaceChildren(...buttons);
}

function turn(number) {
  view.page = Math.max(0, Math.min(pages() - 1, number));
  place();
}

/** Select an alert and show its room. */
function select(key) {
  view.selected = key;
  const room = state.alerts.get(key)?.room;
  const at = view.order.indexOf(room);
  if (at >= 0 && !view.shown.includes(room)) view.page = Math.floor(at / density());
  place();
  rail.draw(view.selected, page.link.now);
  rail.rows.get(key)?.node.scrollIntoView({ block: "nearest" });
}

function step(by_) {
  const keys = rail.shown().map((alert) => alert.key);
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

function acknowledge(alert) {
  return page.change("/api/alerts/ack", { key: alert.key, episode: alert.episode });
}

/** Shift and A: everything of the third priority at once. */
function acknowledgeNotices() {
  for (const alert of state.sorted) if (alert.severity === "notice") rail.acknowledge(alert.key);
}

function open() {
  const room = state.alerts.get(view.selected)?.room;
  if (room) location.assign(toRoom(room));
}

grid.addEventListener("click", (event) => {
  if (event.target.closest("a")) return;
  const room = event.target.closest(".tile")?.dataset.room;
  const alert = room && state.byRoom.get(room)?.[0];
  if (alert) select(alert.key);
});

function drawAll() {
  by("legend").textContent = word("legend");
  rail.mayAck = page.mayAct;
  filter.draw();
  if (stage.classList.contains("waiting")) return;
  place();
  drawSums(state);
  drawCounts(state);
  drawLog();
  rail.draw(view.selected, page.link.now);
}

const page = new Page({
  sub: { view: "wall" },
  take,
  draw: drawAll,
  tick(now) {
    for (const room of view.shown) tiles.get(room)?.tick(now);
    rail.tick(now);
    const turning = page.link.state === "fresh" ? rotation.tick(now, view.page, pages(), state.active) : "fixed";
    say(by("places"), word(turning, rotation.every_s));
  },
  keys: {
    j: () => step(1),
    k: () => step(-1),
    a: (event) => (event.shiftKey ? acknowledgeNotices() : acknowledgeSelected()),
    s: () => view.selected && rail.askMute(view.selected),
    f: () => filter.toggleAbnormal(),
    "/": () => by("search").focus(),
    "[": () => turn(view.page - 1),
    "]": () => turn(view.page + 1),
    Enter: open,
  },
  hints: [
    { keys: "J K", hint: "hintSelect", help: "keyNext" },
    { keys: "A", hint: "hintAck", help: "keyAck", acts: true },
    { keys: "Shift A", help: "keyAckAll", acts: true },
    { keys: "S", hint: "hintMute", help: "keyMute", acts: true },
    { keys: "Enter", hint: "hintOpen", help: "keyOpen" },
    { keys: "F", hint: "hintFilter", help: "keyFilter" },
    { keys: "/", help: "keySearch" },
    { keys: "[ ]", help: "keyPage" },
    ...COMMON,
  ],
});

if (new URLSearchParams(location.search).has("kiosk")) document.body.classList.add("kiosk");
addEventListener("resize", () => stage.classList.contains("waiting") || place());
page.begin();
if (!replay) keepDuty(by("on-duty"));
