// What was revealed is covered again after `data-mask-after` seconds.
const COVER = "••••";

function arm(root) {
  for (const value of root.querySelectorAll("[data-mask-after]")) {
    const seconds = Number(value.dataset.maskAfter);
    value.removeAttribute("data-mask-after");
    setTimeout(() => {
      value.textContent = COVER;
      value.classList.remove("reveal");
    }, seconds * 1000);
  }
}

export function mask() {
  arm(document);
  document.body.addEventListener("htmx:afterSwap", () => arm(document));
}
