// Ctrl K, or ⌘ K: the palette as a dialog over the page. Its answers are links; arrows walk them.
export function palette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const text = dialog.querySelector("input[type='search']");
  const results = document.getElementById("palette-results");
  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    text.select();
    if (!results.childElementCount && window.htmx) htmx.ajax("GET", results.dataset.start, { target: results });
  };

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("close", () => {
    text.value = "";
    results.replaceChildren();
  });
  results.addEventListener("htmx:beforeSwap", (event) => {
    // The start list is not for somebody who has begun to type.
    if (event.detail.requestConfig.verb === "get" && text.value.trim()) event.detail.shouldSwap = false;
  });
  dialog.addEventListener("keydown", (event) => walk(event, text, results));
  enter(text, results);
}

// Enter takes the first answer to what stands in the field now; typed faster than answered, it waits for the answer.
function enter(text, results) {
  let waits = false;
  const take = () => results.querySelector("a")?.click();
  text.addEventListener("keydown", (event) => {
    waits = event.key === "Enter" && text.value.trim() !== "";
    if (!waits || results.querySelector(".answers")?.dataset.for !== text.value.trim()) return;
    event.preventDefault();
    take();
  });
  results.addEventListener("htmx:afterSwap", () => {
    if (waits && results.querySelector(".answers")?.dataset.for === text.value.trim()) take();
  });
}

function walk(event, text, results) {
  const links = [...results.querySelectorAll("a")];
  const here = links.indexOf(document.activeElement);
  const next = { ArrowDown: links[here + 1], ArrowUp: here > 0 ? links[here - 1] : text }[event.key];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
