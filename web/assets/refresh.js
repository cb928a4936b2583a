// Keeps a page up to date without loading it anew, so that whoever reads it keeps the place, the focus, what is selected
// and what was typed. Every element with data-live is filled from a fresh copy of the same page.
"use strict";

const every = 15_000; // milliseconds

const follow = document.querySelector("#follow input");
const stale = document.getElementById("stale");
follow.parentElement.hidden = false;

async function fresh() {
  const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(every) });
  if (!answer.ok || answer.redirected) throw new Error(`answered with ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// fill replaces what an element holds, if it is another, and gives the focus back to the same link.
function fill(old, now) {
  if (old.innerHTML === now.innerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceChildren(...now.childNodes);
  if (focused !== null) old.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

// place notes the first row in sight and gives a function that brings it back to where it was.
function place() {
  const links = [...document.querySelectorAll("tbody th a")];
  const seen = scrollY > 0 && links.find((a) => a.getBoundingClientRect().top >= 0);
  if (!seen) return () => {};
  const href = seen.getAttribute("href");
  const top = seen.getBoundingClientRect().top;
  return () => {
    const again = document.querySelector(`tbody th a[href="${CSS.escape(href)}"]`);
    if (again) scrollBy({ top: again.getBoundingClientRect().top - top, behavior: "instant" });
  };
}

async function refresh() {
  if (document.hidden || !follow.checked || !getSelection().isCollapsed) return;
  try {
    const page = await fresh();
    const pairs = [...document.querySelectorAll("[data-live]")].map((old) => [old, page.getElementById(old.id)]);
    if (pairs.some(([, now]) => now === null)) throw new Error("another page answered");
    const back = place();
    for (const [old, now] of pairs) fill(old, now);
    document.title = page.title;
    back();
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
}

setInterval(refresh, every);
document.addEventListener("visibilitychange", refresh);
follow.addEventListener("change", refresh);
