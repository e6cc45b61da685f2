// Recordings and past sessions: choose one, and the wall or its room shows it again.

import { clockTime, dayOf, minutes } from "./figures.js";
import { COMMON, Page } from "./page.js";
import { called } from "./sessions_kept.js";
import { make } from "./settings.js";
import { State } from "./state.js";
import { word } from "./words.js";

const AGAIN_MS = 3000;
const LOOK_MS = 300; // while a recording is being read
const PATIENCE = 400; // looks
const by = (id) => document.getElementById(id);
const state = new State(); // for the names of rooms
const nameOf = (room) => state.name(room);
let found = { recordings: [], open: [] };
let opening = false;

async function look() {
  const answer = await fetch("/api/replays").catch(() => null);
  if (!answer?.ok) return;
  found = await answer.json();
  if (!opening) draw();
}

const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** One room is shown as its page, more of them as the wall. */
function address(replay) {
  const rooms = replay.survey?.rooms ?? [];
  const path = rooms.length === 1 ? `/rooms/${encodeURIComponent(rooms[0])}` : "/";
  return `${path}?replay=${encodeURIComponent(replay.id)}`;
}

function button(text, act, strong = false) {
  const node = make("button", strong ? "button strong" : "button", text);
  node.type = "button";
  node.addEventListener("click", () => act(node));
  return node;
}

function draw() {
  by("stage").classList.remove("waiting");
  const none = () => make("p", "none", word("none"));
  const open = found.open.map((each) => {
    const row = make("div", "row");
    const where = each.survey ? `${dayOf(each.now)} ${clockTime(each.now)} · ${each.speed}× · ${minutes(each.survey.end - each.survey.start)}` : word("replayReading");
    row.append(make("b", "", called(each.name, nameOf)[0]), make("span", "", each.failed ? word("replayFailed", each.failed) : `${where} · ${each.by}`));
    const enter = row.appendChild(make("a", "button strong", word("replayEnter")));
    enter.href = address(each);
    enter.hidden = Boolean(each.failed);
    const end = row.appendChild(button(word("replayEnd"), async () => {
      await page.change("/api/replays/close", { id: each.id });
      look();
    }));
    end.hidden = !page.mayAct;
    return row;
  });
  by("open-ones").replaceChildren(...(open.length ? open : [none()]));
  const text = by("find").value.trim().toLowerCase();
  const shown = found.recordings.filter((each) => [each.name, ...called(each.name, nameOf)].some((said) => said.toLowerCase().includes(text)));
  by("recordings").replaceChildren(...(shown.length ? shown.map((each) => {
    const row = make("div", "row");
    const [name, session] = called(each.name, nameOf);
    row.title = each.name;
    row.append(make("b", "", name), make("span", "", `${session ? `${session} · ` : ""}${word("recordedUntil")} ${dayOf(each.changed_at)} ${clockTime(each.changed_at, false)} · ${size(each.bytes)}`));
    const play = row.appendChild(button(word("replayPlay"), () => open_(each.name), true));
    play.hidden = !page.mayAct;
    return row;
  }) : [found.recordings.length ? none() : make("p", "none", word("noRecordings"))]));
}

/** Have it played; as soon as it is known which rooms are in it, show them. */
async function open_(recording) {
  if (opening) return;
  opening = true;
  for (const each of document.querySelectorAll("#recordings .button")) each.disabled = true;
  const status = await page.change("/api/replays", { recording });
  if (status === 200) {
    by("told").textContent = word("replayReading");
    for (let tries = 0; tries < PATIENCE; tries += 1) {
      await look();
      const mine = found.open.find((each) => each.name === recording && !each.failed) ?? found.open.findLast((each) => each.name === recording);
      if (mine?.survey) return location.assign(address(mine));
      if (!mine || mine.failed) break;
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  }
  opening = false;
  by("told").textContent = status === 409 ? word("replayFull") : status === 200 ? "" : word("failedAct");
  return look();
}

const page = new Page({
  sub: { view: "wall" },
  take: (frame) => state.apply(frame),
  draw() {
    by("find").placeholder = word("searchRecordings");
    by("find").setAttribute("aria-label", word("searchRecordings"));
    draw();
  },
  tick() {},
  keys: { Escape: () => location.assign("/"), "/": () => by("find").focus() },
  hints: [{ keys: "/", help: "keySearch" }, ...COMMON],
});

by("find").addEventListener("input", draw);
setInterval(look, AGAIN_MS);
page.begin();
look();
