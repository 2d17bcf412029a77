// On the settings page a colour is tried as soon as it is chosen; it is kept by Save.
export function theme() {
  document.addEventListener("change", (event) => {
    if (event.target.name !== "theme") return;
    if (event.target.value !== "auto") document.documentElement.dataset.theme = event.target.value;
    else delete document.documentElement.dataset.theme;
  });
}
