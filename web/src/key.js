// The API key: the one place that holds it. It lives in sessionStorage, so it ends with the
// browser tab, and it is never written anywhere else.

const NAME = "session-history-key";

// What an HTTP header can carry.
const SENDABLE = /^[\x20-\x7e]*$/;

let key = "";
let refused = false;
const listeners = new Set();

key = read();
takeFromAddress();
addEventListener("hashchange", takeFromAddress);

export const KeyState = Object.freeze({
  NONE: "none",
  SET: "set",
  UNSENDABLE: "unsendable",
  REFUSED: "refused",
});

export function currentKey() {
  return key;
}

export function keyState() {
  if (key === "") return KeyState.NONE;
  if (!SENDABLE.test(key)) return KeyState.UNSENDABLE;
  return refused ? KeyState.REFUSED : KeyState.SET;
}

export function setKey(text) {
  const trimmed = text.trim();
  if (trimmed === key) return;

  key = trimmed;
  refused = false;
  write();
  notify();
}

/// Takes in whether the server accepted `used`; an answer for an earlier key changes nothing.
export function noteAnswer(used, accepted) {
  if (used === "" || used !== key || refused === !accepted) return;

  refused = !accepted;
  notify();
}

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notify() {
  for (const listener of listeners) listener();
}

// A link can carry the key behind its "#key=". Browsers send that part to no server; it leaves the
// address bar and the history at once.
function takeFromAddress() {
  const [, found] = /^#key=(.+)$/.exec(location.hash) ?? [];
  if (found === undefined) return;

  history.replaceState(history.state, "", location.pathname + location.search);
  try {
    setKey(decodeURIComponent(found));
  } catch {
    // No key is encoded like this.
  }
}

// A browser can forbid storage: the key then lasts until the page is left.
function read() {
  try {
    return sessionStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

function write() {
  try {
    if (key === "") sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, key);
  } catch {
    // See read().
  }
}
