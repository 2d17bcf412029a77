// After a refused form the focus is on the box that says why; on a new fragment, on its heading.
export const first = (root) => root.querySelector("[data-focus-first]") ?? root.querySelector("[data-focus]");

export function focus() {
  first(document)?.focus();
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (!event.detail.elt.closest("[data-poll], .panel, dialog")) first(event.detail.elt)?.focus();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".errors a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.closest(".field")?.scrollIntoView({ block: "nearest" });
  });
}
