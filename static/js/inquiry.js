// The inquiry form works without this file; it only adds small comforts.

const started = performance.now();
const RESEND_AFTER = 5000; // a second press within this time is a double click, not a wish to send again
const QUIET_FOR = 1000; // the counter speaks only after the typing pauses
const NEARLY_FULL = 100;

const form = document.querySelector("input[name=submission_id]")?.form;

function fill(name, value) {
  const field = form.elements.namedItem(name);
  if (field && !field.value && value) field.value = value;
}

function countCharacters(line) {
  const area = document.getElementById(line.dataset.counter);
  const shown = line.querySelector("span");
  const spoken = line.nextElementSibling;
  let timer;
  const left = () => area.maxLength - area.value.length;
  const show = () => {
    shown.textContent = left();
    clearTimeout(timer);
    timer = setTimeout(() => {
      spoken.textContent = left() <= NEARLY_FULL ? line.textContent : "";
    }, QUIET_FOR);
  };
  line.hidden = false;
  shown.textContent = left();
  area.addEventListener("input", show);
}

if (form) {
  fill("submission_id", crypto.randomUUID?.());
  fill("time_zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  form.querySelectorAll("[data-counter]").forEach(countCharacters);

  // After a mistake the form comes back with the time that it took so far.
  const elapsed = form.elements.namedItem("elapsed_ms");
  const before = Number(elapsed.value) || 0;

  let sentAt = -Infinity;
  form.addEventListener("submit", (event) => {
    const now = performance.now();
    if (now - sentAt < RESEND_AFTER) {
      event.preventDefault();
      return;
    }
    sentAt = now;
    elapsed.value = Math.round(before + now - started);
  });
  // Back from the next page: the reader may send again at once.
  addEventListener("pageshow", () => {
    sentAt = -Infinity;
  });
}

// Where a browser ignores autofocus on a summary of problems
addEventListener("load", () => {
  if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
});
