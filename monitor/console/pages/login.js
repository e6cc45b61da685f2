// Exchanges a token for a session.

import { translate, word } from "./words.js";

translate(document);
document.title = `${word("title")} · ${word("login")}`;

/** The page that asked for the login; one of ours only. */
function wanted() {
  const to = new URLSearchParams(location.search).get("to") ?? "/";
  const url = new URL(to, location.origin);
  return to.startsWith("/") && url.origin === location.origin ? url.pathname + url.search : "/";
}

// A link from elsewhere is followed without the cookie, which is ours alone: it may be there.
if (location.search) fetch("/api/me").then((answer) => answer.ok && location.replace(wanted()), () => null);

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
      location.replace(wanted());
      return;
    }
    refused.textContent = word(answer.status === 429 ? "tooManyTries" : "wrongToken");
  } catch {
    refused.textContent = word("unreachable");
  }
  token.select();
});
