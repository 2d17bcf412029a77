// The session ends when nobody is there, and ten hours after the sign-in. Two minutes before, the page says so; any key or
// press stays, but not past the ten hours.
import { keep } from "./drafts.js";

const WARNING = 2 * 60_000;
const KEPT = "In two minutes you are signed out; what you typed is kept for 24 hours and found again after signing in.";
const NOBODY = [`Nothing happened here for a while. ${KEPT}`, "Are you still there?", "Stay signed in"];
const TEN_HOURS = [`You signed in ten hours ago. ${KEPT}`, "The session ends", "Go on until then"];

export function idle() {
  const minutes = Number(document.body.dataset.idle);
  if (!minutes) return;
  const last = Date.now() + Number(document.body.dataset.last) * 1000;
  const later = () => Math.min(Date.now() + minutes * 60_000, last);
  let ends = later();
  let toldLast = false;
  let dialog = null;
  let kept = false;

  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.requestConfig.headers["X-Portal-Refresh"]) ends = later();
  });
  setInterval(() => {
    const left = ends - Date.now();
    if (left <= 30_000 && !kept) {
      kept = true;
      keep();
    }
    if (left <= 0) location.reload();
    else if (left <= WARNING && !dialog && !toldLast) {
      toldLast = ends === last;
      dialog = ask(stay, toldLast ? TEN_HOURS : NOBODY);
    }
  }, 5000);

  async function stay() {
    dialog = null;
    kept = false;
    const answer = await fetch(location.origin + document.querySelector(".foot a").pathname, { method: "HEAD", redirect: "manual" });
    if (answer.ok) ends = later();
    else location.reload();
  }
}

function ask(stay, [text, title, label]) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-label", title);
  const words = document.createElement("p");
  words.textContent = text;
  const button = document.createElement("button");
  button.className = "btn primary";
  button.textContent = label;
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
