// Counts down how long a restricted chart stays open, and leaves the page when it closes.
const EVERY = 1000;

function tell(note) {
  const left = Math.max(0, Math.ceil((new Date(note.dataset.glass) - Date.now()) / EVERY));
  const words = note.querySelector("[data-left]");
  if (words) words.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left.`;
  return left;
}

export function start() {
  const note = document.querySelector("[data-glass]");
  tell(note);
  const timer = setInterval(() => {
    if (tell(note) > 0) return;
    clearInterval(timer);
    location.reload();
  }, EVERY);
}
