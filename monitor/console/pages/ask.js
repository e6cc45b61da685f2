// Small questions: for how long and why an alert is muted, what is to be noted.

import { make } from "./settings.js";
import { word } from "./words.js";

const SPANS = [300, 900, 1800, "session"]; // seconds, or up to the end of the broadcast

/** Ask for words; `send(words, seconds)` returns an HTTP status and the dialog closes on 200. */
function ask({ title, about, spans = [], label, send }) {
  const dialog = make("dialog", "ask");
  const form = dialog.appendChild(make("form"));
  form.method = "dialog";
  form.append(make("h2", "", title), make("p", "", about));
  let seconds = spans[0];
  const choices = form.appendChild(make("div", "choices"));
  for (const span of spans) {
    const choice = choices.appendChild(make("button", "button", word(`span_${span}`)));
    choice.type = "button";
    choice.setAttribute("aria-pressed", String(span === seconds));
    choice.addEventListener("click", () => {
      seconds = span;
      for (const each of choices.children) each.setAttribute("aria-pressed", String(each === choice));
    });
  }
  const field = form.appendChild(make("label", "", label));
  const input = field.appendChild(make("input"));
  Object.assign(input, { required: true, maxLength: 200, autocomplete: "off" });
  const why = form.appendChild(make("p", "failed"));
  why.setAttribute("role", "alert");
  const row = form.appendChild(make("div", "choices"));
  const ok = row.appendChild(make("button", "button strong", word("ok")));
  const no = row.appendChild(make("button", "button", word("cancel")));
  no.type = "button";
  no.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    ok.disabled = true;
    const status = await send(input.value.trim(), seconds);
    ok.disabled = false;
    if (status === 200) dialog.close();
    else why.textContent = word([401, 403].includes(status) ? `failed${status}` : "failedAct");
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
}

/** Mute what an alert is about. */
export function askMute(page, alert, name) {
  ask({
    title: word("muteTitle"),
    about: `${name} · ${alert.summary || alert.rule}`,
    spans: SPANS,
    label: word("reason"),
    send: (reason, span) => page.change("/api/mutes", { room: alert.room, rule: alert.rule, reason, ...(span === "session" ? { session: true } : { seconds: span }) }),
  });
}

/** Note something on a room's time axis. */
export function askMark(page, room, name) {
  ask({ title: word("markTitle"), about: name, label: word("note"), send: (text) => page.change("/api/rooms/mark", { room, text }) });
}
