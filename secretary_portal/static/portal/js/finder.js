// Find a patient by keys alone: the arrows go from the box to the rows found and back; Enter opens the row.
// `j` and `k` come from rows.js; without scripts Tab and Enter do the same.
const BY = { ArrowDown: 1, ArrowUp: -1 };

export function finder() {
  const here = document.querySelector("[data-finder]");
  const box = here.querySelector("input[type=search]");
  here.addEventListener("keydown", (event) => {
    const by = BY[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...here.querySelectorAll("[data-row]")];
    const at = links.indexOf(document.activeElement) + by;
    const next = at < 0 ? box : links[Math.min(at, links.length - 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
}
