// The screen of an inquiry works without this file: it inserts and previews without loading the page anew, and asks
// before an answer or notes are left behind unsaved.

const answer = document.querySelector("#answer");
const written = ["#answer", "#notes"].map((id) => document.querySelector(id)).filter(Boolean);
const unsaved = new Set();

async function redraw(button) {
  const { form } = button;
  const body = new FormData(form);
  body.append(button.name, button.value);
  button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("#answer");
    if (!fresh?.querySelector("textarea")) throw new Error("no form");
    answer.replaceChildren(...fresh.childNodes);
    unsaved.add(answer);
    (answer.querySelector("select[aria-invalid=true]") ?? answer.querySelector("textarea")).focus();
  } catch {
    button.disabled = false;
    form.querySelector("[data-failed]").hidden = false;
  }
}

answer?.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=answer-insert], button[name=answer-preview]");
  if (!button) return;
  event.preventDefault();
  redraw(button);
});

for (const section of written) {
  section.addEventListener("input", () => unsaved.add(section));
  section.addEventListener("submit", () => unsaved.delete(section));
}
if (answer?.querySelector("textarea")?.value) unsaved.add(answer);
if (document.querySelector(".desk-notes-changed")) unsaved.add(document.querySelector("#notes"));

addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});

// Where a browser ignores autofocus on what went wrong
addEventListener("load", () => {
  if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
});

// The keys of the inbox, as far as they make sense here; switched off there, they are off here.
const keys = {
  j: () => document.querySelector("a[rel=next]")?.click(),
  r: () => document.querySelector("#answer textarea")?.focus(),
  n: () => document.querySelector("#notes textarea")?.focus(),
  u: () => document.querySelector(".breadcrumbs a:last-of-type")?.click(),
};

document.addEventListener("keydown", (event) => {
  const act = Object.hasOwn(keys, event.key) && keys[event.key];
  const isTyping = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
  if (!act || event.ctrlKey || event.altKey || event.metaKey || isTyping || localStorage.getItem("inbox-keys") === "off") return;
  event.preventDefault();
  act();
});
