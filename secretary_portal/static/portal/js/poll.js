// `data-poll="30"` on an element with hx-get asks again every so many seconds. Such a request does not keep the session
// alive (X-Portal-Refresh), and rests while the page is hidden, offline, or something half typed stands in a panel.
const resting = () => document.hidden || !navigator.onLine || document.querySelector("[data-dirty], dialog[open]");

export function refresh(element) {
  if (resting() || !element.isConnected) return;
  htmx.trigger(element, "refresh");
}

export function poll() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.triggeringEvent?.type === "refresh" || event.detail.elt.closest("[data-poll]") === event.detail.elt) {
      event.detail.headers["X-Portal-Refresh"] = "1";
    }
  });
  setInterval(() => {
    for (const element of document.querySelectorAll("[data-poll]")) {
      const asked = Number(element.dataset.asked ?? performance.now());
      element.dataset.asked ??= asked;
      if (performance.now() - asked < Number(element.dataset.poll) * 1000) continue;
      element.dataset.asked = performance.now();
      refresh(element);
    }
  }, 1000);
}
