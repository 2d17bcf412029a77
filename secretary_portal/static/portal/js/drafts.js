// What stands in an open form when the session ends is kept on the server, sealed, and put back after signing in.
// Nothing is written into the browser's storage.
const typed = new Set();
const path = () => location.pathname.replace(/^.*?\/p\/[^/]+/, "");
const headers = (token) => ({ "X-CSRFToken": token, "X-Portal-Refresh": "1", "X-Portal-Page": path() });
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

function isText(field) {
  return field.name && !field.disabled && !["password", "file", "hidden", "submit", "button"].includes(field.type);
}

export async function keep() {
  const where = document.body.dataset.drafts;
  const body = new URLSearchParams();
  for (const form of typed) {
    if (!form.isConnected) continue;
    const texts = new Set([...form.elements].filter(isText).map((field) => field.name));
    for (const [name, value] of new FormData(form)) if (texts.has(name)) body.append(name, value);
  }
  if (where && [...body].length) await fetch(`${where}keep/`, { method: "POST", headers: headers(token()), body, redirect: "manual" });
}

export async function drafts() {
  const where = document.body.dataset.drafts;
  const forms = () => [...document.querySelectorAll("main form[method=post]")];
  document.addEventListener("input", (event) => {
    const form = event.target.closest("main form[method=post]");
    if (form) typed.add(form);
  });
  document.addEventListener("submit", (event) => typed.delete(event.target));
  if (!where || !document.body.hasAttribute("data-look") || !forms().length) return;
  const answer = await fetch(where, { headers: headers(token()) });
  const kept = answer.ok ? await answer.json() : {};
  if (kept.id && forms().some((form) => fill(form, kept.fields))) {
    await fetch(`${where}${kept.id}/used/`, { method: "POST", headers: headers(token()) });
    document.getElementById("toasts").append(note());
  }
}

function fill(form, fields) {
  let filled = false;
  for (const field of [...form.elements].filter(isText)) {
    const values = fields[field.name];
    if (!values) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
    else field.value = values[0];
    filled = true;
  }
  if (filled) typed.add(form);
  return filled;
}

function note() {
  const words = document.createElement("p");
  words.className = "toast";
  words.textContent = "What you had typed before the session ended is back in the form. It is not saved yet.";
  return words;
}
