// The call desk: the minutes run, digits take a call, and what was typed elsewhere on the page outlives a swap.
const FIELDS = "input:not([type='hidden'], [type='radio'], [type='checkbox']), select, textarea";

export function call() {
  digits();
  if (!document.querySelector("[data-call]")) return;
  tell();
  setInterval(tell, 1000);
  opened();
  drafts();
}

function digits() {
  if (document.body.dataset.keys !== "on") return;
  document.addEventListener("keydown", (event) => {
    if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(FIELDS)) return;
    const button = document.querySelector(`.take [data-key="${event.key}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

function tell() {
  for (const clock of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.since)) / 1000));
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (clock.textContent !== text) clock.textContent = text;
  }
}

// Opening a form is wanting to type in it.
function opened() {
  document.addEventListener("click", (event) => {
    const details = event.target.closest?.("[data-call] summary")?.parentElement;
    if (details) setTimeout(() => details.open && details.querySelector(FIELDS)?.focus(), 0);
  });
}

// A form is posted whole and the desk comes back whole; a half-written message beside it is put back, and stays open.
function drafts() {
  let kept = [];
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "call") return;
    const posted = event.detail.requestConfig.elt.closest("form");
    kept = [...event.detail.target.querySelectorAll(FIELDS)]
      .filter((field) => field.id && field.form !== posted && changed(field))
      .map((field) => [field.id, field.value]);
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    for (const [id, value] of kept) {
      const field = document.getElementById(id);
      if (!field || field.value === value) continue;
      field.value = value;
      field.closest("details")?.setAttribute("open", "");
    }
    kept = [];
    tell();
  });
}

const changed = (field) =>
  field.matches("select") ? [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0 : field.value !== field.defaultValue;
