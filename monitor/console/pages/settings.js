// What a person chose for this browser: colour of changes, single-key shortcuts.

import { word } from "./words.js";

const CHOICES = {
  delta: ["mono", "cn", "intl"], // grey, 红涨绿跌, green is up
  keys: ["on", "off"],
};

/** The chosen value; of `keys` whether they are on. */
export function setting(name) {
  const kept = localStorage.getItem(`setting-${name}`);
  const value = CHOICES[name].includes(kept) ? kept : CHOICES[name][0];
  return name === "keys" ? value === "on" : value;
}

/** Make an element with a text and classes. */
export function make(tag, classes = "", text = "") {
  const node = document.createElement(tag);
  if (classes) node.className = classes;
  if (text) node.textContent = text;
  return node;
}

/** Ask for the settings; `done` is called after each change. */
export function showSettings(done) {
  const dialog = make("dialog", "settings");
  dialog.append(make("h2", "", word("settings")));
  for (const [name, values] of Object.entries(CHOICES)) {
    const field = dialog.appendChild(make("fieldset"));
    field.append(make("legend", "", word(`setting_${name}`)));
    for (const value of values) {
      const label = field.appendChild(make("label"));
      const input = label.appendChild(make("input"));
      Object.assign(input, { type: "radio", name, value, checked: (name === "keys" ? (setting(name) ? "on" : "off") : setting(name)) === value });
      label.append(word(`${name}_${value}`));
      input.addEventListener("change", () => {
        localStorage.setItem(`setting-${name}`, value);
        done();
      });
    }
  }
  const close = dialog.appendChild(make("button", "button", word("close")));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
