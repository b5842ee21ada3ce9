// Counts visits; knows no visitor.
const { count, step, treatment } = document.querySelector("[data-count]").dataset;
const say = (step) => navigator.sendBeacon(count, new URLSearchParams({ step, treatment }));
if (navigator.doNotTrack != 1 && !navigator.globalPrivacyControl) {
  say(step);
  document.querySelector(".ask")?.addEventListener("focusin", () => say("FORM_OPENED"), { once: true });
}
