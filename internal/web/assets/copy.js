// enableCopyButtons lets buttons with data-copy copy the text of the element with that id. The result is announced in an
// element that screen readers follow.
export function enableCopyButtons(announcement) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const done = await copy(source);
    announcement.textContent = done ? `${source.getAttribute("aria-label")} copied.` : "The text is selected. Copy it with the keyboard.";
    if (!done) return;
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 2_000);
  });
}

// copy copies an element's text. Browsers offer the clipboard only on HTTPS and localhost. Otherwise execCommand copies; if
// that fails, the text stays selected.
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    const selection = getSelection();
    selection.selectAllChildren(source);
    const done = document.execCommand("copy");
    if (done) selection.removeAllRanges();
    return done;
  }
}
