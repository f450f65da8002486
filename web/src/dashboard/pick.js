// The bar whose sessions are listed. `view.pick` has the kind of the bar, then its values, which are texts. The empty text
// stands for null.

import { WEEKDAYS, moment } from "../shared/format.js";
import { hoursOfWeek } from "./period.js";

/// For each kind: which values are possible, the filter of its sessions, and its description.
const KINDS = {
  answered: {
    isValid: (values) => /^(true|false)$/.test(values),
    filter: ([answered]) => ({ answered: answered === "true" }),
    describe: ([answered]) => (answered === "true" ? "Answered" : "Missed"),
  },
  /// The sessions of a bar that began between two instants: the answered ones or the missed ones.
  between: {
    isValid: ([from, until, answered]) => isInstant(from) && isInstant(until) && /^(true|false)$/.test(answered),
    filter: ([from, until, answered]) => ({ startedAt: { gte: from, lt: until }, answered: answered === "true" }),
    describe: ([from, until, answered], { zone }) =>
      `${moment(from, zone)} to ${moment(until, zone)}, ${answered === "true" ? "answered" : "missed"}`,
  },
  hour: {
    isValid: (values) => /^[1-7],(1?\d|2[0-3])$/.test(values),
    filter: ([day, hour], view, period) => ({
      or: hoursOfWeek(period, view.zone, Number(day), Number(hour)).map((startedAt) => ({ startedAt })),
    }),
    describe: ([day, hour]) => `${WEEKDAYS[day - 1]}, ${hour}:00 to ${Number(hour) + 1}:00`,
  },
  technician: {
    isValid: (values) => values.length === 1,
    filter: ([username]) => (username ? { technician: { username: { eq: username } } } : { answered: false }),
    describe: ([username]) => (username ? `Technician ${username}` : "Not answered"),
  },
  customer: {
    isValid: (values) => values.length === 2,
    filter: ([name, number]) => ({ customer: { name: text(name), number: text(number) } }),
    describe: (values) => `Customer ${shown(values)}`,
  },
  computer: {
    isValid: (values) => values.length === 2,
    // The API has one group for all computers without a name.
    filter: ([name, domain]) => ({ computer: { name: text(name), ...(name && { domain: text(domain) }) } }),
    describe: (values) => `Computer ${shown(values)}`,
  },
  os: {
    isValid: (values) => values.length === 1,
    filter: ([os]) => ({ computer: { os: text(os) } }),
    describe: (values) => `Operating system ${shown(values)}`,
  },
};

/// Whether there can be such a bar.
export function isPick([kind, ...values]) {
  return Object.hasOwn(KINDS, kind) && KINDS[kind].isValid(values);
}

/// The filter of the picked bar. Null without one.
export function pickFilter(view, period) {
  const [kind, ...values] = view.pick;
  return kind === undefined ? null : KINDS[kind].filter(values, view, period);
}

/// The picked bar as a text.
export function describePick(view) {
  const [kind, ...values] = view.pick;
  return KINDS[kind].describe(values, view);
}

const isInstant = (text) => !Number.isNaN(Date.parse(text));
const text = (value) => (value === "" ? { isNull: true } : { eq: value });
const shown = (values) => values.filter(Boolean).join(", ") || "(none)";
