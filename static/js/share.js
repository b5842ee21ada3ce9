// Adds two buttons to the plain links that pass a page on, each where the browser can do it.

for (const box of document.querySelectorAll(".share")) {
  const { url, title } = box.dataset;
  const [share, copy] = ["[data-share]", "[data-copy]"].map((name) => box.querySelector(name));
  const status = box.querySelector("[role=status]");

  share.hidden = !navigator.share;
  share.addEventListener("click", () => {
    navigator.share({ title, url }).catch(() => {}); // closed without choosing: nothing to say
  });

  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    status.textContent = ""; // so that a second copy is announced as well
    const word = await navigator.clipboard.writeText(url).then(
      () => copy.dataset.done,
      () => copy.dataset.failed,
    );
    setTimeout(() => {
      status.textContent = word;
    }, 100);
  });
}
