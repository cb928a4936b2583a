// merge makes an element equal to another one and changes only what differs, so that elements keep their focus, scroll
// position and open state.
export function merge(old, now) {
  if (old.isEqualNode(now)) return;
  if (old.nodeType === Node.TEXT_NODE) {
    old.data = now.data;
    return;
  }
  attributes(old, now);
  children(old, now);
}

// The open state of details is the reader's. The new copy does not have it.
const keptAttribute = "open";

function attributes(old, now) {
  for (const { name } of [...old.attributes]) if (name !== keptAttribute && !now.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

// key identifies an element among its siblings; "" where only its position does.
function key(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  return node.id || (node.localName === "tr" && node.querySelector("th a")?.getAttribute("href")) || "";
}

function children(old, now) {
  const known = new Map([...old.children].map((child) => [key(child), child]));
  known.delete("");
  let at = old.firstChild;
  for (const next of [...now.childNodes]) {
    const same = key(next) ? known.get(key(next)) : at && alike(at, next) ? at : null;
    if (!same) {
      old.insertBefore(next, at);
    } else if (same === at) {
      at = at.nextSibling;
      merge(same, next);
    } else {
      move(old, same, at);
      merge(same, next);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function alike(old, now) {
  return old.nodeName === now.nodeName && key(old) === "";
}

function move(parent, child, before) {
  if (parent.moveBefore) parent.moveBefore(child, before);
  else parent.insertBefore(child, before);
}
