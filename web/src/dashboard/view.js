// What the dashboard shows. All of it is in the page's address, so that a view can be sent to other people.

import { useSyncExternalStore } from "react";

import { isPick } from "./pick.js";

export const PERIODS = {
  today: "Today",
  yesterday: "Yesterday",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
  month: "Month",
  own: "Own period",
};

export const COLUMNS = [
  "startedAt",
  "legacyId",
  "customer",
  "customerNumber",
  "technician",
  "computer",
  "computerOs",
  "startMethod",
  "durationSeconds",
  "firstResponseSeconds",
  "chatMessageCount",
  "problemDescription",
  "notes",
];
const SHOWN = ["startedAt", "customer", "technician", "computer", "durationSeconds", "problemDescription"];

const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/// The values that the address leaves out.
const DEFAULTS = {
  period: "30d",
  /// The month, as 2026-03, of the period "month".
  month: "",
  /// The bounds of an own period, as 2026-03-01T09:00.
  from: "",
  until: "",
  zone: BROWSER_ZONE,
  technician: "",
  customer: "",
  computer: "",
  method: "",
  field: "",
  value: "",
  search: "",
  /// The bar whose sessions are listed (pick.js).
  pick: [],
  order: "STARTED_AT_DESC",
  columns: SHOWN,
  /// The session whose details are shown.
  session: "",
};

const LISTS = ["pick", "columns"];
const ORDER = /^(STARTED_AT|DURATION)_(ASC|DESC)$/;

/// The address of a view.
export function addressOf(view) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) {
    if (String(value) === String(DEFAULTS[name])) continue;
    parameters.set(name, LISTS.includes(name) ? JSON.stringify(value) : value);
  }
  const text = parameters.toString();
  return `dashboard${text && `?${text}`}`;
}

/// The view of an address. What is not valid is left out.
function viewOf(search) {
  const view = { ...DEFAULTS };
  for (const [name, text] of new URLSearchParams(search)) {
    if (!Object.hasOwn(DEFAULTS, name)) continue;
    view[name] = LISTS.includes(name) ? listOf(text) ?? DEFAULTS[name] : text;
  }
  if (!Object.hasOwn(PERIODS, view.period)) view.period = DEFAULTS.period;
  if (!isZone(view.zone)) view.zone = BROWSER_ZONE;
  if (!ORDER.test(view.order)) view.order = DEFAULTS.order;
  if (!isPick(view.pick)) view.pick = DEFAULTS.pick;
  view.columns = COLUMNS.filter((column) => view.columns.includes(column));
  if (view.columns.length === 0) view.columns = SHOWN;
  return view;
}

function listOf(text) {
  try {
    const list = JSON.parse(text);
    const isList = Array.isArray(list) && list.every((it) => typeof it === "string");
    return isList ? list : null;
  } catch {
    return null;
  }
}

/// Whether the API has this time zone. Browsers also know offsets, such as +05:30, which the API refuses.
export function isZone(name) {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

let view = viewOf(location.search);
const listeners = new Set();

addEventListener("popstate", () => {
  view = viewOf(location.search);
  for (const listener of listeners) listener();
});

/// Changes the view. `isStep` makes a step of the browser's history, to which its back button returns.
export function setView(changes, isStep = true) {
  view = { ...view, ...changes };
  const address = addressOf(view);
  if (isStep) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  for (const listener of listeners) listener();
}

/// The current view, and a way to change it.
export function useView() {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => view,
  );
}

/// Opens a link to another view without loading the page again.
export function follow(event) {
  const link = event.target.closest?.("a");
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const href = link?.getAttribute("href") ?? link?.getAttribute("xlink:href");
  if (!isPlain || !href?.startsWith("dashboard")) return;

  event.preventDefault();
  setView(viewOf(new URL(href, document.baseURI).search));
}
