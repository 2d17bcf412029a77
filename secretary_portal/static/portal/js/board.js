// The day board by keyboard: one tab stop, arrows between times and providers. Without this file every link can be tabbed to.
const QUARTER = 900;
const board = () => document.querySelector("[data-board]");
const columns = () => [...board().querySelectorAll(".col")];
const links = (column) => [...column.querySelectorAll("li > a")];
const number = (element, letter) => Number(new RegExp(`\\b${letter}(\\d+)\\b`).exec(element.className)?.[1] ?? 1);
const rows = (link) => {
  const from = number(link.parentElement, "r");
  return [from, from + number(link.parentElement, "s")];
};

let current = null;
let keptRow = 0; // while one goes sideways, the row one started from

export function start() {
  arm();
  tick();
  scrollToNow();
  setInterval(tick, 30_000);
  document.addEventListener("focusin", (event) => {
    const link = event.target.closest?.("[data-board] li > a");
    if (link && link !== current) rove(link, false);
  });
  document.addEventListener("keydown", (event) => {
    const link = event.target.closest?.("[data-board] li > a");
    const next = link && !event.altKey && !event.ctrlKey && !event.metaKey && towards(event.key, link);
    if (!next) return;
    event.preventDefault();
    rove(next);
  });
  document.addEventListener("click", open);
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === board()) kept = { left: board().scrollLeft, top: board().scrollTop };
  });
  document.body.addEventListener("htmx:afterSettle", again);
}

let kept = null;

function again() {
  if (!kept || !board()) return;
  board().scrollTo(kept);
  kept = null;
  arm();
  tick();
}

// One link of the board is reached by Tab: the last one used, or the first of now.
function arm() {
  const before = current;
  const had = before && !before.isConnected && document.activeElement === document.body;
  for (const link of board().querySelectorAll("li > a")) link.tabIndex = -1;
  const same = before && board().querySelector(`a[href="${CSS.escape(before.getAttribute("href"))}"]`);
  current = null;
  const first = columns().map(links).find((all) => all.length)?.[0];
  rove(same ?? at(columns()[0], nowRow()) ?? first, Boolean(same && had));
}

function rove(link, focus = true) {
  if (!link) return;
  if (current) current.tabIndex = -1;
  current = link;
  link.tabIndex = 0;
  if (!focus) return;
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function at(column, row) {
  const all = column ? links(column) : [];
  const here = all.find((link) => { const [from, to] = rows(link); return from <= row && row < to; });
  return here ?? all.findLast((link) => rows(link)[0] <= row) ?? all[0];
}

function towards(key, link) {
  const all = columns();
  const column = all.indexOf(link.closest(".col"));
  const own = links(all[column]);
  const [row] = rows(link);
  const sideways = (step) => {
    keptRow ||= row;
    for (let n = column + step; all[n]; n += step) if (links(all[n]).length) return at(all[n], keptRow);
    return null;
  };
  if (key === "ArrowLeft") return sideways(-1);
  if (key === "ArrowRight") return sideways(1);
  keptRow = 0;
  if (key === "ArrowDown") return own[own.indexOf(link) + 1];
  if (key === "ArrowUp") return own[own.indexOf(link) - 1];
  if (key === "Home") return own[0];
  if (key === "End") return own.at(-1);
  if (key === "PageDown") return at(all[column], row + 4);
  if (key === "PageUp") return at(all[column], Math.max(1, row - 4));
  return null;
}

const seconds = () => Date.now() / 1000;
const nowRow = () => ("today" in board().dataset ? Math.floor((seconds() - board().dataset.first) / QUARTER) + 1 : 1);

// The line moves and minutes pass between two answers of the server.
function tick() {
  const line = board()?.querySelector(".nowline li");
  if (line) {
    const into = (seconds() - board().dataset.first) / QUARTER;
    line.className = `r${Math.min(Math.max(Math.floor(into) + 1, 1), Number(board().dataset.rows))}`;
    line.style.setProperty("--into-row", (into % 1).toFixed(2));
  }
  for (const wait of board()?.querySelectorAll("[data-since]") ?? []) {
    const minutes = wait.querySelector(".unit").previousSibling;
    minutes.textContent = Math.max(Math.floor((seconds() - wait.dataset.since) / 60), 0);
    wait.classList.toggle("long", "limit" in wait.dataset && seconds() - wait.dataset.since > wait.dataset.limit * 60);
  }
}

function scrollToNow() {
  const line = board().querySelector(".nowline li");
  if (!line) return;
  const row = board().querySelector(".axis").offsetHeight / Number(board().dataset.rows);
  board().scrollTop = Math.max(0, (nowRow() - 5) * row);
}

// A visit or an empty place opens in the panel beside the board; with a modifier, or without a panel, as a page.
function open(event) {
  if (event.target.closest("[data-board-now]")) {
    event.preventDefault();
    scrollToNow();
    rove(at((current ?? columns()[0]).closest?.(".col") ?? columns()[0], nowRow()));
    return;
  }
  const link = event.target.closest("[data-board] .appt > a, [data-board] .open > a");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!document.getElementById("panel") || !globalThis.htmx) return;
  event.preventDefault();
  htmx.ajax("GET", link.getAttribute("href"), { source: link, target: "#panel", swap: "innerHTML" });
}
