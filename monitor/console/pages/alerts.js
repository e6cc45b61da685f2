// All alerts: open, acknowledged, muted, past; who was told, and who was not. Made for thumbs, too.

import { askMute } from "./ask.js";
import { Duty } from "./duty.js";
import { clockTime } from "./figures.js";
import { drawCounts } from "./header.js";
import { COMMON, Page } from "./page.js";
import { toRoom } from "./places.js";
import { Rail } from "./rail.js";
import { make } from "./settings.js";
import { State } from "./state.js";
import { logLine } from "./tile.js";
import { word } from "./words.js";

const AGAIN_MS = 5000;
const TABS = ["tabOpen", "tabAcked", "tabMuted", "tabHistory", "tabDelivery"];
const by = (id) => document.getElementById(id);
const state = new State();
const linked = location.hash.startsWith("#alert=") ? decodeURIComponent(location.hash.slice(7)) : null; // from a notice
let tab = TABS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "tabOpen";
let selected = null;
let asked = 0;

/** What the rail is shown of the state: the alerts of this tab. */
class Shown {
  get sorted() {
    return state.sorted.filter((alert) => (tab === "tabMuted" ? alert.quiet : tab === "tabAcked" ? alert.acked_at && !alert.quiet : !alert.acked_at && !alert.quiet));
  }

  get active() {
    return this.sorted.filter((alert) => !alert.resolved_at);
  }

  get alerts() {
    return new Map(this.sorted.map((alert) => [alert.key, alert]));
  }

  get log() {
    return state.log;
  }

  name(room) {
    return state.name(room);
  }
}

const shown = new Shown();
const rail = new Rail(shown, acknowledge, select, (alert) => askMute(page, alert, state.name(alert.room)));
rail.full = true;
const duty = new Duty(by("duty"));
rail.more = (alert, now) => duty.of(alert, now);

function take(frame) {
  const changed = state.apply(frame);
  by("stage").classList.remove("waiting");
  if (changed.alerts || changed.places) draw();
  if (changed.alerts) askDuty();
  if (frame.type === "snap" && linked && selected === null) follow(linked);
}

/** The alert that a notice led here to: on the tab it is on now. */
function follow(key) {
  const alert = state.alerts.get(key);
  if (!alert) return;
  tab = alert.quiet ? "tabMuted" : alert.acked_at ? "tabAcked" : "tabOpen";
  draw();
  select(key);
  rail.rows.get(key)?.node.scrollIntoView({ block: "center" });
}

/** Who is on call, and who was called: with every change of alerts, and now and then. */
async function askDuty() {
  const found = await get("/api/oncall");
  if (found) duty.take(found);
  rail.tick(page.link.now);
}

function draw() {
  drawTabs();
  by("alerts").parentNode.hidden = !["tabOpen", "tabAcked", "tabMuted"].includes(tab);
  by("muted").hidden = tab !== "tabMuted";
  by("past").hidden = tab !== "tabHistory";
  by("delivery").hidden = tab !== "tabDelivery";
  rail.draw(selected, page.link.now);
  drawCounts(state, word("alertsTitle"));
  page.sound.hear(state.active);
}

function drawTabs() {
  const counts = { tabOpen: 0, tabAcked: 0, tabMuted: 0 };
  for (const alert of state.sorted) counts[alert.quiet ? "tabMuted" : alert.acked_at ? "tabAcked" : "tabOpen"] += 1;
  by("tabs").replaceChildren(...TABS.map((name) => {
    const button = make("button", "button", `${word(name)}${name in counts ? ` ${counts[name]}` : ""}`);
    button.type = "button";
    button.dataset.tab = name;
    button.setAttribute("role", "tab");
    button.setAttribute("aria-selected", String(name === tab));
    button.addEventListener("click", () => turn(name));
    return button;
  }));
}

function turn(name) {
  tab = name;
  history.replaceState(null, "", `#${name}`);
  draw();
  ask();
}

async function get(path) {
  const answer = await fetch(path).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** What is not in the live frames is asked for while it is shown. */
async function ask() {
  const mine = ++asked;
  askDuty();
  if (tab === "tabMuted") {
    const found = await get("/api/mutes");
    if (found && mine === asked) drawMutes(found.mutes);
  } else if (tab === "tabHistory") {
    const found = await get(`/api/history?limit=200&text=${encodeURIComponent(by("find").value.trim())}`);
    if (found && mine === asked) drawPast(found.changes);
  } else if (tab === "tabDelivery") {
    const [health, dead, deeds] = await Promise.all([get("/api/health"), get("/api/dead"), get("/api/deeds?limit=50")]);
    if (health && dead && deeds && mine === asked) drawDelivery(health.channels ?? {}, dead.dead, deeds.deeds);
  }
}

function drawMutes(mutes) {
  by("muted").replaceChildren(make("h2", "", word("mutes")), ...mutes.map((mute) => {
    const row = make("div", "row");
    const until = mute.until ? word("until", clockTime(Date.parse(mute.until) / 1000, false)) : "";
    row.append(make("b", "", `${mute.rooms.map((room) => state.name(room)).join(", ")} · ${mute.rules.join(", ")}`), make("span", "", [mute.reason, mute.by, until].filter(Boolean).join(" · ")));
    const end = row.appendChild(make("button", "button", word("endMute")));
    end.hidden = !page.mayAct;
    end.addEventListener("click", async () => {
      end.disabled = true;
      await page.change("/api/mutes/end", { name: mute.name });
      ask();
    });
    return row;
  }), ...(mutes.length ? [] : [make("p", "none", word("none"))]));
}

function drawPast(changes) {
  by("log").replaceChildren(...changes.map((change) => {
    const row = make("li");
    const [at, text] = logLine(change, (room) => state.name(room));
    row.append(make("time", "", `${new Date(change.at * 1000).toLocaleDateString("en-CA")} ${at}`), make("span", "", text));
    return row;
  }));
}

function drawDelivery(channels, dead, deeds) {
  const rows = Object.entries(channels).map(([name, stats]) => {
    const row = make("div", `row ${stats.breaker === "closed" ? "" : "lost"}`);
    const waiting = Object.values(stats.depth ?? {}).reduce((sum, value) => sum + value, 0);
    const latest = stats.last_sent_at ? word("sentAt", clockTime(stats.last_sent_at)) : "";
    const pace = typeof stats.latency_p50_s === "number" ? word("sentWithin", stats.latency_p50_s.toFixed(1), stats.latency_p99_s.toFixed(1)) : "";
    const over = stats.failed_over ? word("failedOver", stats.failed_over) : "";
    row.append(make("b", "", name), make("span", "", [word(`breaker_${stats.breaker}`), word("sentOf", stats.sent, waiting, stats.dead + stats.expired), over, latest, pace, stats.last_error].filter(Boolean).join(" · ")));
    return row;
  });
  const lost = dead.map(({ notice, reason }) => {
    const row = make("div", "row");
    row.append(make("b", "", `${clockTime(notice.created_at)} → ${notice.channel}`), make("span", "", `${notice.room_name || notice.change.room} · ${notice.change.summary || notice.change.rule} · ${reason}`));
    return row;
  });
  const done = deeds.map((deed) => {
    const row = make("div", "row");
    row.append(make("b", "", `${clockTime(deed.at)} ${deed.by}`), make("span", "", `${word(`did_${deed.did}`)} ${state.name(deed.room)} ${deed.about}`));
    return row;
  });
  const none = () => [make("p", "none", word("none"))];
  by("delivery").replaceChildren(
    make("h2", "", word("channels")), ...(rows.length ? rows : none()),
    make("h2", "", word("deadLetters")), ...(lost.length ? lost : none()),
    make("h2", "", word("deeds")), ...(done.length ? done : none()),
  );
}

function select(key) {
  selected = key;
  rail.draw(selected, page.link.now);
}

function step(by_) {
  const keys = shown.sorted.map((alert) => alert.key);
  const at = keys.indexOf(selected);
  if (keys.length) select(keys[at < 0 ? 0 : Math.max(0, Math.min(keys.length - 1, at + by_))]);
}

function acknowledge(alert) {
  return page.change("/api/alerts/ack", { key: alert.key, episode: alert.episode });
}

const page = new Page({
  sub: { view: "wall" },
  take,
  draw() {
    rail.mayAck = page.mayAct;
    by("find").placeholder = word("searchHistory");
    by("find").setAttribute("aria-label", word("searchHistory"));
    draw();
    ask();
  },
  tick: (now) => rail.tick(now),
  keys: {
    j: () => step(1),
    k: () => step(-1),
    a: () => selected && rail.acknowledge(selected),
    s: () => selected && rail.askMute(selected),
    Enter: () => selected && location.assign(toRoom(state.alerts.get(selected).room)),
    Escape: () => location.assign("/"),
  },
  hints: [
    { keys: "J K", help: "keyNext" }, { keys: "A", help: "keyAck", acts: true }, { keys: "S", help: "keyMute", acts: true },
    { keys: "Enter", help: "keyOpen" }, ...COMMON,
  ],
});

by("find").addEventListener("input", ask);
setInterval(ask, AGAIN_MS);
page.begin();
