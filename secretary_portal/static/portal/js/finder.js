// Find a patient by keys alone: arrows (or j and k) walk the rows, Enter opens, typing goes on in the box.
// Loaded for pages with [data-finder]; without it Tab and Enter do the same.

const rows = (finder) => [...finder.querySelectorAll("[data-row]")];

function step(finder, by) {
  const links = rows(finder);
  const box = finder.querySelector("input[type=search]");
  const at = links.indexOf(document.activeElement) + by;
  const next = at < 0 ? box : links[Math.min(at, links.length - 1)];
  next?.focus();
}

function onKey(finder, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inBox = event.target.matches("input, textarea, select");
  const keysOn = document.body.dataset.keys !== "off";
  const down = event.key === "ArrowDown" || (!inBox && keysOn && event.key === "j");
  const up = event.key === "ArrowUp" || (!inBox && keysOn && event.key === "k");
  if (down || up) {
    event.preventDefault();
    event.stopPropagation();
    step(finder, down ? 1 : -1);
  }
}

export function start(root = document) {
  for (const finder of root.querySelectorAll("[data-finder]")) {
    finder.addEventListener("keydown", (event) => onKey(finder, event));
  }
}

start();
