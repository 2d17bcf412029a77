// `j` and `k` walk the rows of a list marked `data-rows`; the first link or deed of each row takes the focus.
export function rows() {
  if (document.body.dataset.keys !== "on") return;
  document.addEventListener("keydown", (event) => {
    if (!["j", "k"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const links = [...document.querySelectorAll(":is(table, tbody, ol, ul)[data-rows] :is(tr, li)")].map((row) => row.querySelector("a[href], button.chip, button[formaction]")).filter(Boolean);
    const here = links.findIndex((link) => link.closest("tr, li").contains(document.activeElement));
    const next = links[event.key === "j" ? here + 1 : Math.max(here - 1, 0)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
}
