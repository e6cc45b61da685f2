// Exchanges a token for a session.

import { translate, word } from "./words.js";

translate(document);
document.title = `${word("title")} · ${word("login")}`;

const form = document.getElementById("login");
const token = document.getElementById("token");
const refused = document.getElementById("refused");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refused.textContent = "";
  try {
    const answer = await fetch("/api/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: token.value }),
    });
    if (answer.ok) {
      location.replace("/");
      return;
    }
    refused.textContent = word(answer.status === 429 ? "tooManyTries" : "wrongToken");
  } catch {
    refused.textContent = word("unreachable");
  }
  token.select();
});
