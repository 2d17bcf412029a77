// What went wrong between here and the server is said once, and stays until the next try.
const UNSENT = "That did not reach the server. Nothing was changed. Check your connection and try again.";
const OFFLINE = "You are offline. What you see may be old, and nothing can be saved until the connection is back.";
const REFUSED = "The server did not do that. Nothing was changed. Reload the page and try again.";

export function say(text) {
  const place = document.getElementById("alert");
  if (!place) return;
  place.replaceChildren();
  place.className = text ? "errors float" : "";
  if (text) place.append(text);
}

export function alerts() {
  const body = document.body;
  for (const failure of ["htmx:sendError", "htmx:timeout"]) {
    body.addEventListener(failure, (event) => quiet(event) || say(navigator.onLine ? UNSENT : OFFLINE));
  }
  body.addEventListener("htmx:responseError", (event) => quiet(event) || say(REFUSED));
  body.addEventListener("htmx:beforeRequest", (event) => quiet(event) || say(""));
  addEventListener("offline", () => say(OFFLINE));
  addEventListener("online", () => say(""));
}

// A page that asks again by itself does not interrupt.
const quiet = (event) => event.detail.elt?.closest?.("[data-poll]") !== null && event.detail.elt?.closest !== undefined;
