// offerCopies lets buttons with data-copy copy the text of the element of that id. What was done is said in an element
// that screen readers follow.
export function offerCopies(said) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const done = await copy(source);
    said.textContent = done ? `${source.getAttribute("aria-label")} copied.` : "The text is selected: copy it with the keyboard.";
    if (!done) return;
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 2_000);
  });
}

// copy takes an element's text. Browsers have the clipboard only on HTTPS and on this machine; else the old way, and if
// that is gone, too, the text is left selected.
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
