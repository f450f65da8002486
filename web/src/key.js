// The API key. Only this module stores it, in sessionStorage, which ends with the browser tab.

// Of this gateway, if several are served at one origin.
const NAME = `session-history-key ${new URL(".", document.baseURI).pathname}`;

// The characters that an HTTP header can have.
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

/// Records whether the server accepted the key `used`. An answer for an earlier key is ignored.
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

// A link can have the key in its fragment, "#key=…", which browsers do not send to any server. The
// page removes it from the address bar and the history at once.
function takeFromAddress() {
  const [, found] = /^#key=(.+)$/.exec(location.hash) ?? [];
  if (found === undefined) return;

  history.replaceState(history.state, "", location.pathname + location.search);
  try {
    setKey(decodeURIComponent(found));
  } catch {
    // The encoding is invalid, so this is not a key.
  }
}

// A browser can forbid storage. The key then lasts until the page is closed.
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
