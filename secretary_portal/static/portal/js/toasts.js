// A toast stays 20 seconds, longer while it is looked at; it is never the only place of what it says.
const STAYS = 20_000;

export function toasts() {
  const place = document.getElementById("toasts");
  if (!place) return;
  const waiting = [...place.querySelectorAll("[data-toast]")];
  place.replaceChildren();
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.matches?.("[data-toast]")) arm(node);
  }).observe(place, { childList: true });
  // A live region speaks of what comes after it is there.
  setTimeout(() => place.append(...waiting), 120);
  place.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]").remove();
  });
}

function arm(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? arm(toast) : toast.remove()), STAYS);
}
