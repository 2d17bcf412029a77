// A visit dragged to a free time of the board: the move's form opens in the panel with the new time filled in, and one key
// confirms it. An addition: "Move to…" does the same without a mouse. Escape lets go; nothing is saved by dropping.
const FAR = 6; // pixels before a press becomes a drag
const MOVABLE = "[data-board] .appt[data-version]";

let held = null; // {item, x, y, target}

export function drag() {
  document.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", go);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", letGo);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && held?.moves) {
      event.stopImmediatePropagation();
      letGo();
    }
  }, true);
  document.addEventListener("click", swallow, true);
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest?.(MOVABLE)) event.preventDefault(); // the browser's own dragging of links
  });
}

function press(event) {
  const item = event.target.closest?.(MOVABLE);
  if (!item || event.button || event.pointerType === "touch" || event.ctrlKey || event.metaKey || event.shiftKey) return;
  held = { item, version: item.dataset.version, visit: item.dataset.visit, x: event.clientX, y: event.clientY };
}

function go(event) {
  if (!held) return;
  if (!held.moves) {
    if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < FAR) return;
    held.moves = true;
    held.item.classList.add("dragged");
    document.body.classList.add("dragging");
  }
  event.preventDefault();
  over(document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-board] .open > a") ?? null);
}

function over(target) {
  if (held.target === target) return;
  held.target?.classList.remove("drop");
  target?.classList.add("drop");
  held.target = target;
}

let swallowed = false; // the click that ends a drag opens nothing

function drop() {
  if (!held) return;
  const { moves, target, visit, version } = held;
  swallowed = Boolean(moves);
  letGo();
  setTimeout(() => { swallowed = false; });
  if (!moves || !target) return;
  const slot = new URL(target.href).searchParams.get("slot");
  const board = document.querySelector("[data-board]");
  const address = `${board.dataset.move.replace("VISIT", visit)}?${new URLSearchParams({ slot, version })}`;
  if (document.getElementById("panel") && globalThis.htmx) htmx.ajax("GET", address, { source: target, target: "#panel", swap: "innerHTML" });
  else location.assign(address);
}

function letGo() {
  held?.target?.classList.remove("drop");
  held?.item.classList.remove("dragged");
  document.body.classList.remove("dragging");
  held = null;
}

function swallow(event) {
  if (!swallowed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
