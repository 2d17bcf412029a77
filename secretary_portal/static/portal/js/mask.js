// What was revealed is covered again after `data-mask-after` seconds: what stood in its place comes back, button and all.
const before = new WeakMap();

function remember({ detail }) {
  const asked = detail.requestConfig?.elt;
  if (asked?.matches("[data-reveal]")) before.set(detail.target, [...detail.target.childNodes].map((node) => node.cloneNode(true)));
}

function cover(value) {
  const place = value.parentElement;
  if (!before.has(place)) {
    value.textContent = "••••";
    value.classList.remove("reveal");
    return;
  }
  const hadFocus = place.contains(document.activeElement);
  place.replaceChildren(...before.get(place));
  htmx.process(place);
  if (hadFocus) place.querySelector("button")?.focus();
}

function arm() {
  for (const value of document.querySelectorAll("[data-mask-after]")) {
    const seconds = Number(value.dataset.maskAfter);
    value.removeAttribute("data-mask-after");
    setTimeout(() => cover(value), seconds * 1000);
  }
}

export function mask() {
  arm();
  document.body.addEventListener("htmx:beforeSwap", remember);
  document.body.addEventListener("htmx:afterSwap", arm);
}
