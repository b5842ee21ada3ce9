// The pages for medical details work without this file; it only asks before answers are left behind unsaved.

const form = document.querySelector(".details-form");

if (form) {
  let isUnsaved = document.querySelector(".card-problem") !== null;
  form.addEventListener("input", () => {
    isUnsaved = true;
  });
  form.addEventListener("reset", () => {
    isUnsaved = false;
  });
  form.addEventListener("submit", () => {
    isUnsaved = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
}

// Where a browser ignores autofocus on a summary of problems
addEventListener("load", () => {
  if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
});
