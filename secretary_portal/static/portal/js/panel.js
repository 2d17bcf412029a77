// The panel at a page's side: focus goes in when it fills, and back to what opened it when it closes.
import { first } from "./focus.js";
import { refresh } from "./poll.js";

export function panel() {
  const place = document.getElementById("panel");
  if (!place) return;
  let opener = null;

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === place && !place.contains(event.detail.elt)) {
      mark(opener, null);
      opener = event.detail.elt.id || event.detail.elt.getAttribute("href");
      mark(opener, "true");
    }
  });
  place.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== place) return; // a part that loads later takes the focus from nobody
    document.body.classList.toggle("has-panel", place.childElementCount > 0);
    place.removeAttribute("data-dirty");
    first(place)?.focus();
  });
  place.addEventListener("input", () => place.setAttribute("data-dirty", ""));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") && place.contains(event.target)) {
      event.preventDefault();
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector(":popover-open, dialog[open]")) close();
  });

  function close() {
    if (!place.childElementCount) return;
    letGo(place.querySelector("form[data-let-go]"));
    place.replaceChildren();
    place.removeAttribute("data-dirty");
    document.body.classList.remove("has-panel");
    const back = found(opener);
    mark(opener, null);
    (back ?? document.querySelector(".board a[tabindex='0']"))?.focus();
  }
}

// The time that was held for this panel is free for colleagues at once; the board then shows it.
async function letGo(form) {
  if (!form) return;
  await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
  const board = document.getElementById("board");
  if (board) refresh(board);
}

const found = (opener) => opener && (document.getElementById(opener) ?? document.querySelector(`a[href="${CSS.escape(opener)}"]`));

function mark(opener, value) {
  const link = found(opener);
  if (value) link?.setAttribute("aria-current", value);
  else link?.removeAttribute("aria-current");
}
