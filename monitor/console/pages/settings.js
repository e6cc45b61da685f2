// What a person chose for this browser: colours, look, single-key shortcuts. The address may
// say it, too (`?delta=cn&theme=light&lang=en`), for screens without a keyboard.

import { unsay } from "./places.js";
import { word } from "./words.js";

const CHOICES = {
  delta: ["mono", "cn", "intl"], // grey, 红涨绿跌, green is up
  theme: ["dark", "light"],
  critical: ["border", "filled"], // filled: for eyes that do not see red
  keys: ["on", "off"],
};

/** The chosen value. */
export function setting(name) {
  const asked = [new URLSearchParams(location.search).get(name), localStorage.getItem(`setting-${name}`)];
  return asked.find((value) => CHOICES[name].includes(value)) ?? CHOICES[name][0];
}

/** Put what is chosen in force; the styles do the rest. */
export function wearSettings() {
  for (const name of ["delta", "theme", "critical"]) document.documentElement.dataset[name] = setting(name);
}

/** Make an element with a text and classes. */
export function make(tag, classes = "", text = "") {
  const node = document.createElement(tag);
  if (classes) node.className = classes;
  if (text) node.textContent = text;
  return node;
}

/** Ask for the settings; `done` is called after each change, `more` are buttons: word and act. */
export function showSettings(done, more = []) {
  const dialog = make("dialog", "settings");
  dialog.append(make("h2", "", word("settings")));
  for (const [name, values] of Object.entries(CHOICES)) {
    const field = dialog.appendChild(make("fieldset"));
    field.append(make("legend", "", word(`setting_${name}`)));
    for (const value of values) {
      const label = field.appendChild(make("label"));
      const input = label.appendChild(make("input"));
      Object.assign(input, { type: "radio", name, value, checked: setting(name) === value });
      label.append(word(`${name}_${value}`));
      input.addEventListener("change", () => {
        unsay(name);
        localStorage.setItem(`setting-${name}`, value);
        done();
      });
    }
  }
  const row = dialog.appendChild(make("div", "choices"));
  for (const [name, act] of [...more, ["close", () => dialog.close()]]) {
    const button = row.appendChild(make("button", "button", word(name)));
    button.type = "button";
    button.addEventListener("click", act);
  }
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
