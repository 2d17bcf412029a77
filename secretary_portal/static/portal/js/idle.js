// The session ends when nobody is there. Two minutes before, the page asks; any key or press stays.
import { keep } from "./drafts.js";

const WARNING = 2 * 60_000;

export function idle() {
  const minutes = Number(document.body.dataset.idle);
  if (!minutes) return;
  let ends = Date.now() + minutes * 60_000;
  let dialog = null;
  let kept = false;

  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.requestConfig.headers["X-Portal-Refresh"]) ends = Date.now() + minutes * 60_000;
  });
  setInterval(() => {
    const left = ends - Date.now();
    if (left <= 30_000 && !kept) {
      kept = true;
      keep();
    }
    if (left <= 0) location.reload();
    else if (left <= WARNING && !dialog) dialog = ask(stay);
  }, 5000);

  async function stay() {
    dialog = null;
    kept = false;
    const answer = await fetch(location.origin + document.querySelector(".foot a").pathname, { method: "HEAD", redirect: "manual" });
    if (answer.ok) ends = Date.now() + minutes * 60_000;
    else location.reload();
  }
}

function ask(stay) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-label", "Are you still there?");
  const words = document.createElement("p");
  words.textContent = "Nothing happened here for a while. In two minutes you are signed out; what you typed is kept for 24 hours and found again after signing in.";
  const button = document.createElement("button");
  button.className = "btn primary";
  button.textContent = "Stay signed in";
  button.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    stay();
  });
  dialog.className = "stack";
  dialog.append(words, button);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
