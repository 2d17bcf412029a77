// A passkey: the browser's ceremony with the options of the page; the answer is posted by the form that asked.
async function ceremony(form) {
  const options = JSON.parse(document.getElementById("passkey-options").textContent).publicKey;
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

export function start() {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.dataset.answered) return;
      event.preventDefault();
      try {
        form.elements.credential.value = JSON.stringify((await ceremony(form)).toJSON());
        form.dataset.answered = "yes";
        form.requestSubmit();
      } catch {
        document.getElementById("toasts").textContent = "Nothing was read from a passkey. Try again, or use another way.";
      }
    });
  }
}
