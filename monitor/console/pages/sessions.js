// Who is logged in, and from where; an admin ends what should not be there.

import { clockTime, span } from "./figures.js";
import { COMMON, Page } from "./page.js";
import { make } from "./settings.js";
import { say } from "./tile.js";
import { word } from "./words.js";

const AGAIN_MS = 5000;
const by = (id) => document.getElementById(id);

function take() {
  by("stage").classList.remove("waiting");
  return undefined;
}

async function look() {
  const answer = await fetch("/api/sessions").catch(() => null);
  if (answer?.ok) draw(await answer.json());
  else if (answer?.status === 403) say(by("failed"), word("adminsOnly"));
}

function draw({ at, sessions }) {
  // A row that somebody stands on stays the same node, or the keyboard would lose its place.
  const said = JSON.stringify([sessions.map((each) => [each.id, each.address]), word("end")]);
  if (by("sessions").dataset.said !== said) {
    by("sessions").dataset.said = said;
    by("sessions").replaceChildren(...sessions.map(row));
  }
  sessions.forEach((each, index) => say(by("sessions").children[index].querySelector("span"), about(each, at)));
}

function row(session) {
  const item = make("li", "row");
  item.dataset.id = session.id;
  item.append(make("b", "", session.name), make("span"));
  const button = item.appendChild(make("button", "button", word(session.mine ? "endMine" : "end")));
  button.type = "button";
  button.setAttribute("aria-label", `${word("end")} · ${session.name}`);
  button.addEventListener("click", () => end(session.id));
  return item;
}

function about(session, at) {
  return [
    word(session.role), session.address, word("begunAt", clockTime(session.begun_at, false)),
    word("seenAgo", span(at - session.seen_at)), session.mine ? word("thisOne") : "",
  ].filter(Boolean).join(" · ");
}

async function end(id) {
  const status = await page.change("/api/sessions/end", { id });
  say(by("failed"), status === 200 ? "" : word(status === 403 ? "adminsOnly" : "failedAct"));
  look();
}

const page = new Page({
  sub: { view: "wall" },
  take,
  draw: look,
  tick() {},
  keys: { Escape: () => location.assign("/") },
  hints: COMMON,
});

setInterval(look, AGAIN_MS);
page.begin();
look();
