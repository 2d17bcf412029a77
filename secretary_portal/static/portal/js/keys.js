// Single keys: off inside fields, off with a modifier, off when the person turned them off. Every one has a visible control.
const inField = (element) => element.closest("input, select, textarea, [contenteditable], dialog");

export function keys() {
  if (document.body.dataset.keys !== "on") return;
  let after = "";
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
    const key = event.key.toLowerCase();
    const control = after === "g" ? document.querySelector(`[data-go="${CSS.escape(key)}"]`) : wanted(event.key);
    after = key === "g" && after !== "g" ? "g" : "";
    if (!control) return;
    event.preventDefault();
    if (control.matches("input")) control.focus();
    else control.click();
  });
}

function wanted(key) {
  if (key === "/") return document.querySelector("main [data-search], main input[type='search']") ?? document.querySelector("[data-palette]");
  if (key === "?") return document.querySelector(".foot a");
  if (/^[a-z]$/.test(key)) return inRow(key) ?? document.querySelector(`main [data-key="${key}"]:not([data-rows] *)`);
  return null;
}

// In a list a key acts on the row that has the focus, and on no other.
function inRow(key) {
  return document.activeElement?.closest("[data-rows] :is(tr, li)")?.querySelector(`[data-key="${key}"]`);
}
