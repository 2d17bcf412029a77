// How long something is still kept: `data-until` is the Unix second of its end. The words come from the server.
const RUN_OUT = "and that is over: the time is free for others again";

function left(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`;
}

export function countdown() {
  setInterval(() => {
    for (const place of document.querySelectorAll("[data-until]")) {
      const seconds = Math.floor(Number(place.dataset.until) - Date.now() / 1000);
      if (seconds > 0) place.textContent = left(seconds);
      else {
        place.textContent = RUN_OUT;
        place.removeAttribute("data-until");
      }
    }
  }, 1000);
}
