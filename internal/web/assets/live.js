// Keeps a page up to date without loading it anew, so that whoever reads it keeps the place, the focus, what is open and
// what was typed. What has data-live is made like a fresh copy of the same page, and only what differs is touched.
import { merge } from "./merge.js";
import { offerCopies } from "./copy.js";

const every = 15_000; // milliseconds
const typing = 150; // milliseconds of rest before what was typed is looked for

const follow = document.querySelector("#follow input");
const stale = document.getElementById("stale");
const form = document.querySelector("form.find");
let asking = new AbortController();

async function fresh() {
  asking.abort();
  asking = new AbortController();
  const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(every)]);
  const answer = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" }, signal });
  if (answer.status === 404) throw new Error("there is no such printer any more");
  if (!answer.ok || answer.redirected) throw new Error(`the exporter answers with ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// place notes the first row in sight and gives a function that brings it back to where it was.
function place() {
  const rows = [...document.querySelectorAll("tbody tr, main > section")];
  const seen = scrollY > 0 && rows.find((row) => row.getBoundingClientRect().top >= 0);
  if (!seen) return () => {};
  const top = seen.getBoundingClientRect().top;
  return () => {
    if (seen.isConnected) scrollBy({ top: seen.getBoundingClientRect().top - top, behavior: "instant" });
  };
}

function show(page) {
  const pairs = [...document.querySelectorAll("[data-live]")].map((old) => [old, page.getElementById(old.id)]);
  if (pairs.some(([, now]) => now === null)) throw new Error("another page answered");
  const back = place();
  const focused = document.activeElement;
  for (const [old, now] of pairs) if (old !== focused) merge(old, now);
  if (focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
  document.title = page.title;
  back();
}

async function update() {
  try {
    show(await fresh());
    stale.hidden = true;
  } catch (error) {
    if (error.name === "AbortError") return; // a newer question is under way
    stale.hidden = false;
    const known = document.querySelector("#updated time").textContent;
    stale.textContent = `This page is out of date (${known}): ${error.name === "Error" ? error.message : "the exporter does not answer"}.`;
  }
}

function refresh() {
  if (!document.hidden && follow.checked && getSelection().isCollapsed) update();
}

// find shows at once what a form chooses; the page's address says it, too.
function find() {
  const chosen = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(chosen).toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
  update();
}

document.documentElement.classList.add("js");
follow.parentElement.hidden = false;
setInterval(refresh, every);
document.addEventListener("visibilitychange", refresh);
follow.addEventListener("change", refresh);
offerCopies(document.getElementById("said"));
if (form) {
  let rest;
  form.addEventListener("input", () => {
    clearTimeout(rest);
    rest = setTimeout(find, typing);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
}
