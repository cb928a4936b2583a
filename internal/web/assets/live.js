// Refreshes a page without a reload, which keeps the scroll position, the focus, open details and typed text. Elements with
// data-live are merged with those of a new copy of the page.
import { merge } from "./merge.js";
import { enableCopyButtons } from "./copy.js";

const refreshInterval = 15_000; // milliseconds
const typingDelay = 150; // milliseconds without a key before the search starts

const follow = document.querySelector("#follow input");
const stale = document.getElementById("stale");
const form = document.querySelector("form.find");
let request = new AbortController();

async function fetchPage() {
  request.abort();
  request = new AbortController();
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(refreshInterval)]);
  const response = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" }, signal });
  if (response.status === 404) throw new Error("the printer is no longer configured");
  if (!response.ok || response.redirected) throw new Error(`the exporter returned HTTP ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// keepScroll remembers the first visible row. The function that it returns scrolls it back to its position.
function keepScroll() {
  const rows = [...document.querySelectorAll("tbody tr, main > section")];
  const anchor = scrollY > 0 && rows.find((row) => row.getBoundingClientRect().top >= 0);
  if (!anchor) return () => {};
  const top = anchor.getBoundingClientRect().top;
  return () => {
    if (anchor.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - top, behavior: "instant" });
  };
}

function show(page) {
  const pairs = [...document.querySelectorAll("[data-live]")].map((old) => [old, page.getElementById(old.id)]);
  if (pairs.some(([, now]) => now === null)) throw new Error("the response is another page");
  const restoreScroll = keepScroll();
  const focused = document.activeElement;
  for (const [old, now] of pairs) if (old !== focused) merge(old, now);
  if (focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
  document.title = page.title;
  restoreScroll();
}

async function update() {
  try {
    show(await fetchPage());
    stale.hidden = true;
  } catch (error) {
    if (error.name === "AbortError") return; // a newer request is in flight
    stale.hidden = false;
    const updated = document.querySelector("#updated time").textContent;
    stale.textContent = `This page is out of date (${updated}): ${error.name === "Error" ? error.message : "the exporter does not respond"}.`;
  }
}

function refresh() {
  if (!document.hidden && follow.checked && getSelection().isCollapsed) update();
}

// search applies the form and puts its parameters into the address.
function search() {
  const parameters = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(parameters).toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
  update();
}

document.documentElement.classList.add("js");
follow.parentElement.hidden = false;
setInterval(refresh, refreshInterval);
document.addEventListener("visibilitychange", refresh);
follow.addEventListener("change", refresh);
enableCopyButtons(document.getElementById("announcement"));
if (form) {
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, typingDelay);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
}
