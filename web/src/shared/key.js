// The API key, one for all pages. Only this module stores it: in sessionStorage, which ends with the browser tab,
// or in localStorage if the user wants this computer to remember it.

// Of this gateway, if several are served at one origin.
const NAME = `session-history-key ${new URL(".", document.baseURI).pathname}`;

// The characters that an HTTP header can have.
const SENDABLE = /^[\x20-\x7e]*$/;

let remembered = read("localStorage") !== "";
let key = read("sessionStorage") || read("localStorage");
// What the server said of the key. Null until it answers.
let accepted = null;
const listeners = new Set();

takeFromAddress();
addEventListener("hashchange", takeFromAddress);

export const KeyState = Object.freeze({
  NONE: "none",
  /// The server has not said yet whether it knows the key.
  UNKNOWN: "unknown",
  ACCEPTED: "accepted",
  UNSENDABLE: "unsendable",
  REFUSED: "refused",
});

export function currentKey() {
  return key;
}

export function isRemembered() {
  return remembered;
}

export function keyState() {
  if (key === "") return KeyState.NONE;
  if (!SENDABLE.test(key)) return KeyState.UNSENDABLE;
  if (accepted === null) return KeyState.UNKNOWN;
  return accepted ? KeyState.ACCEPTED : KeyState.REFUSED;
}

/// The headers of a request that need the key.
export function keyHeaders() {
  const isSendable = key !== "" && keyState() !== KeyState.UNSENDABLE;
  return isSendable ? { Authorization: `Bearer ${key}` } : {};
}

export function setKey(text) {
  const trimmed = text.trim();
  if (trimmed === key) return;

  key = trimmed;
  accepted = null;
  store();
}

export function setRemembered(wanted) {
  remembered = wanted;
  store();
}

/// Records whether the server accepted the key `used`. An answer for an earlier key is ignored.
export function noteAnswer(used, isAccepted) {
  if (used === "" || used !== key || accepted === isAccepted) return;

  accepted = isAccepted;
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
function read(storage) {
  try {
    return globalThis[storage].getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

function store() {
  write("sessionStorage", key);
  write("localStorage", remembered ? key : "");
  notify();
}

function write(storage, text) {
  try {
    if (text === "") globalThis[storage].removeItem(NAME);
    else globalThis[storage].setItem(NAME, text);
  } catch {
    // See read().
  }
}
