// The inbox by keyboard. Focus moves to the links that are there without it; nothing works by keys alone.

const links = [...document.querySelectorAll("#result_list tbody th a")];
const search = document.querySelector("#searchbar");
const help = document.querySelector("#keys");
const choice = document.querySelector("#keys-on");
const CHOICE = "inbox-keys";

const current = () => links.findIndex((link) => link.closest("tr").contains(document.activeElement));

const move = (step) => {
  const from = current();
  const to = from < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(from + step, 0), links.length - 1);
  links[to]?.focus();
};

const keys = {
  j: () => move(1),
  k: () => move(-1),
  x: () => links[current()]?.closest("tr").querySelector(".action-select")?.click(),
  "/": () => search?.focus(),
  "?": () => help.showModal(),
};

const isTyping = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog[open]");

document.addEventListener("keydown", (event) => {
  const act = Object.hasOwn(keys, event.key) && keys[event.key];
  if (!act || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  // Switched off, only the help answers: it is where they are switched on.
  if (!choice.checked && event.key !== "?") return;
  event.preventDefault();
  act();
});

choice.checked = localStorage.getItem(CHOICE) !== "off";
choice.addEventListener("change", () => localStorage.setItem(CHOICE, choice.checked ? "on" : "off"));
document.querySelector("#keys-open").addEventListener("click", () => help.showModal());
document.querySelector("#keys-close").addEventListener("click", () => help.close());
document.querySelector(".keys-offer").hidden = false;
