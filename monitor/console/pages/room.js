// The page of one room: everything about it, and the buttons of whoever works with it.

import { askMark, askMute } from "./ask.js";
import { OnlineChart, SalesChart, installed } from "./charts.js";
import { UNKNOWN, clockTime, count, dayTime, minutes, money, percent, span, tellTimesIn } from "./figures.js";
import { keepDuty } from "./duty.js";
import { drawCounts } from "./header.js";
import { COMMON, Page } from "./page.js";
import { replay, to, toRoom } from "./places.js";
import { Rail } from "./rail.js";
import { RoomState } from "./room_state.js";
import { drawCycles, drawScript, next } from "./script.js";
import { make } from "./settings.js";
import { drawFunnel, drawHeads, drawProducts, drawSources } from "./shelf.js";
import { PRIORITY } from "./state.js";
import { Talk } from "./talk.js";
import { logLine, say, wear } from "./tile.js";
import { word } from "./words.js";

const SHORTEST = 30; // steps of a chart
const MINUTE = 6; // steps of ten seconds
const by = (id) => document.getElementById(id);
const room = decodeURIComponent(location.pathname.split("/")[2]);
const state = new RoomState(room);
const rail = new Rail(state, acknowledge, select, (alert) => askMute(page, alert, state.name()));
const talk = new Talk(state);
const online = new OnlineChart(by("online-chart"));
const sales = new SalesChart(by("sales-chart"));
let selected = null;
rail.full = rail.ofRoom = true;
const REFUSED_MS = 4000;
const refused = new Set(); // buttons that say so for a moment
const CUES = [["1", "hook"], ["2", "push"], ["3", "benefit"], ["0", "other"]];

function take(frame) {
  const changed = state.apply(frame);
  // The room's page tells times as they are there, whatever the house goes by.
  tellTimesIn(state.head.timezone || page.link.hello?.timezone);
  by("stage").classList.remove("waiting");
  if (!state.tile) {
    say(by("name"), word("unknownRoom", room));
    return;
  }
  draw(changed);
}

function draw(changed) {
  const has = (...names) => !changed || names.some((name) => changed.has(name));
  drawHeader();
  if (has("tile", "cycles")) drawScript(state, page.link.now);
  if (has("heads", "bounds", "past", "alerts", "tile")) drawHeads(state, page.link.now);
  if (has("products", "alerts")) drawProducts(state);
  if (has("funnel")) drawFunnel(state);
  if (has("sources")) drawSources(state);
  if (has("cycles")) drawCycles(state, by("cycles"));
  if (has("comments")) talk.draw();
  if (has("heads")) {
    talk.drawTopics(state.heads);
    drawTalkRate();
  }
  if (has("past", "moments", "alerts", "cycles")) drawCharts();
  if (has("alerts", "tile")) {
    if (selected !== null && !state.alerts.has(selected)) selected = null;
    rail.draw(selected, page.link.now);
    drawCounts(state, state.name());
    page.sound.hear(state.active);
  }
  if (has("log", "moments")) drawLog();
}

function drawHeader() {
  const { tile, head } = state;
  say(by("name"), tile.name);
  say(by("platform"), word(tile.platform || UNKNOWN));
  say(by("anchor"), head.anchor || UNKNOWN);
  say(by("session"), head.session ? word("sessionNo", head.session) : "");
  const reached = tile.gmv_minor === null ? UNKNOWN : percent(tile.gmv_minor / tile.goal_minor, 0);
  say(by("goal"), tile.goal_minor ? `${money(tile.goal_minor, tile.currency)} · ${reached}` : UNKNOWN);
  by("prompter").href = toRoom(room, "/prompter");
  by("back").href = to("/");
  say(by("next"), refused.has("next") ? word("failedAct") : `${word("cueNext", word(next(tile.segment)))} B`);
  say(by("mark"), `${word("markEvent")} E`);
  for (const name of ["next", "mark", "cues"]) by(name).hidden = !page.mayAct;
  for (const button of by("cues").children) {
    const { segment, key } = button.dataset;
    say(button, refused.has(segment) ? "✗" : `${word(segment)} ${key}`);
    button.toggleAttribute("aria-current", segment === tile.segment);
  }
  for (const chip of document.querySelectorAll(".no-charts")) chip.hidden = installed;
  by("stage").classList.toggle("stale", Boolean(tile.stalled));
}

function drawTalkRate() {
  const heads = state.heads;
  say(by("talk-rate"), heads.comments_1m === null ? "" : word("perMinute", count(heads.comments_1m)));
  say(by("talk-negative"), heads.negative_share_5m === null ? "" : word("negativeShare", percent(heads.negative_share_5m), percent(heads.negative_share_session)));
  say(by("online-sum"), word("onlineSums", count(heads.online_peak), count(heads.enters_1m), count(heads.leaves_1m)));
}

function drawCharts() {
  const whole = state.past.online ?? [];
  // A room that has just begun is not shown as half an hour of nothing.
  const known = whole.findIndex((value) => value !== null);
  for (const [id, name] of [["online-chart", "online"], ["sales-chart", "gmv_10s"]]) {
    const any = (state.past[name] ?? []).some((value) => value !== null);
    if (any) delete by(id).dataset.none;
    else by(id).dataset.none = word("noReadings");
  }
  const from = Math.max(0, Math.min(known < 0 ? Infinity : known, whole.length - SHORTEST));
  const values = whole.slice(from);
  const times = values.map((_, index) => state.at - (values.length - 1 - index) * state.every_s);
  const alert = state.active.find((each) => Object.keys(each.values).some((name) => /^(online|viewers)/.test(name)));
  const phases = state.cycles.flatMap((view) => view.cycle.parts.map((part) => ({
    at: part.at, until: part.length_s === null ? state.at : part.at + part.length_s, segment: part.segment, name: word(part.segment),
  })));
  const marks = state.moments.filter((moment) => ["pin", "price", "lucky_bag_open", "mark", "flash_sale_start", "coupon"].includes(moment.what))
    .map((moment) => ({ at: moment.at, text: moments(moment) }));
  for (const line of state.log) {
    if (line.change === "fired") marks.push({ at: line.at, text: line.summary || line.rule, colour: PRIORITY[line.severity] });
  }
  by("online-chart").setAttribute("aria-label", [word("onlineChart"), count(values.at(-1)), by("online-sum").textContent].join(" · "));
  by("sales-chart").setAttribute("aria-label", [word("salesChart"), word("salesWhy")].join(" · "));
  online.draw({ times, values, low: state.band[0].slice(from), high: state.band[1].slice(from), phases, marks, fault: alert ? PRIORITY[alert.severity] : null, written: count });
  drawSales(whole.map((_, index) => state.at - (whole.length - 1 - index) * state.every_s), from);
}

/** Ten seconds six times are a minute; one that is not whole is not shown. */
function drawSales(times, from) {
  const gmv = state.past.gmv_10s ?? [];
  const conversion = state.past.conversion_5m ?? [];
  const [at, sums, shares] = [[], [], []];
  for (let end = gmv.length - 1; end >= Math.max(MINUTE - 1, from); end -= MINUTE) {
    const part = gmv.slice(end - MINUTE + 1, end + 1);
    at.unshift(times[end] - 30);
    sums.unshift(part.includes(null) ? null : part.reduce((sum, value) => sum + value, 0));
    shares.unshift(conversion[end]);
  }
  if (at.length) sales.draw({ times: at, gmv: sums, conversion: shares, written: (value) => money(value, state.tile.currency) });
}

/** What a moment was, in a few words. */
function moments(moment) {
  const product = state.products.find((each) => each.sku === moment.about)?.title ?? moment.about;
  if (moment.what === "segment") return `${word("cued")} ${word(moment.about)}`;
  if (moment.what === "mark") return moment.about;
  const price = moment.minor === null ? "" : ` ${money(moment.minor, state.tile.currency)}`;
  return `${word(`moment_${moment.what}`)} ${product}${price}`;
}

function drawLog() {
  const lines = [
    ...state.log.map((line) => [line.at, logLine(line, () => "")[1].trim()]),
    ...state.moments.map((moment) => [moment.at, `${moment.by ? `${moment.by} ` : ""}${moments(moment)}`]),
  ].sort((a, b) => b[0] - a[0]).slice(0, 30);
  by("log").replaceChildren(...lines.map(([at, text]) => {
    const row = make("li");
    const words = make("span", "", text);
    words.title = text;
    row.append(make("time", "", clockTime(at, false)), words);
    return row;
  }));
}

function select(key) {
  selected = key;
  rail.draw(selected, page.link.now);
}

function step(by_) {
  const keys = state.sorted.map((alert) => alert.key);
  const at = keys.indexOf(selected);
  if (keys.length) select(keys[at < 0 ? 0 : Math.max(0, Math.min(keys.length - 1, at + by_))]);
}

function acknowledge(alert) {
  return page.change("/api/alerts/ack", { key: alert.key, episode: alert.episode });
}

function acknowledgeSelected() {
  if (selected !== null) return rail.acknowledge(selected);
  const first = state.sorted.find((alert) => !alert.acked_at);
  return first && select(first.key);
}

/** Grey until the answer; what went wrong is said on the button for a moment. */
async function cue(segment, button, name = segment) {
  if (!state.tile || !page.mayAct || button.disabled) return;
  button.disabled = true;
  const status = await page.change("/api/rooms/cue", { room, segment });
  button.disabled = false;
  if (status === 200) return;
  refused.add(name);
  button.classList.add("refused");
  drawHeader();
  setTimeout(() => {
    refused.delete(name);
    button.classList.remove("refused");
    drawHeader();
  }, REFUSED_MS);
}

function cueNext() {
  if (state.tile) cue(next(state.tile.segment), by("next"), "next");
}

const cueButtons = new Map(CUES.map(([key, segment]) => {
  const button = make("button", "button");
  Object.assign(button, { type: "button" });
  Object.assign(button.dataset, { key, segment });
  button.addEventListener("click", () => cue(segment, button));
  return [key, button];
}));
by("cues").append(...cueButtons.values());

/** What is wrong with the room as a whole: no data, not live, another time zone. */
function drawState(now) {
  const { tile } = state;
  const lost = tile.stalled && tile.live !== false;
  by("state").hidden = !lost && tile.live !== false;
  wear(by("state"), lost ? "chip" : "chip off");
  const age = tile.quiet_since === null ? "" : span(now - tile.quiet_since);
  const coming = tile.next_at === null ? "" : ` · ${word("nextSession", dayTime(tile.next_at, now))}`;
  say(by("state"), lost ? word("noData", age).trim() : word("notLive") + coming);
  const zone = state.head.timezone;
  by("clock").title = zone;
  by("zone").hidden = !zone || zone === page.link.hello?.timezone;
  say(by("zone"), zone ? zone.split("/").at(-1).replaceAll("_", " ") : "");
}

async function rooms() {
  const answer = await fetch("/api/rooms").catch(() => null);
  return answer?.ok ? (await answer.json()).rooms.map((each) => each.room) : [room];
}

async function neighbour(by_) {
  const ids = page.scrub?.about?.survey?.rooms ?? (await rooms());
  const id = ids[(ids.indexOf(room) + by_ + ids.length) % ids.length];
  location.assign(toRoom(id));
}

by("next").addEventListener("click", cueNext);
by("mark").addEventListener("click", () => askMark(page, room, state.name()));

const page = new Page({
  sub: { view: "room", room },
  take,
  draw() {
    rail.mayAck = page.mayAct;
    if (state.tile) draw();
  },
  tick(now) {
    if (!state.tile) return;
    drawScript(state, now);
    drawState(now);
    rail.tick(now);
    if (state.tile.stalled) drawHeads(state, now);
    const started = state.head.started_at;
    say(by("on-air"), started === null || started === undefined ? UNKNOWN : minutes(now - started));
  },
  keys: {
    j: () => step(1),
    k: () => step(-1),
    a: acknowledgeSelected,
    s: () => selected && rail.askMute(selected),
    n: () => talk.toggleNegative(),
    " ": () => talk.togglePause(),
    b: cueNext,
    ...Object.fromEntries(CUES.map(([key, segment]) => [key, () => cue(segment, cueButtons.get(key))])),
    e: () => page.mayAct && askMark(page, room, state.name()),
    "/": () => by("find").focus(),
    "[": () => neighbour(-1),
    "]": () => neighbour(1),
    Escape: () => location.assign(to("/")),
  },
  hints: [
    { keys: "A", hint: "hintAck", help: "keyAck", acts: true },
    { keys: "S", hint: "hintMute", help: "keyMute", acts: true },
    { keys: "N", hint: "onlyNegative", help: "keyNegative" },
    { keys: "Space", hint: "hintPause", help: "keyPause" },
    { keys: "B", help: "keyCue", acts: true },
    { keys: "1 2 3 0", help: "keyCues", acts: true },
    { keys: "E", help: "keyMark", acts: true },
    { keys: "[ ]", hint: "hintNeighbour", help: "keyNeighbour" },
    { keys: "/", help: "keySearch" },
    ...COMMON,
  ],
});

page.begin();
if (!replay) keepDuty(by("on-duty"));
