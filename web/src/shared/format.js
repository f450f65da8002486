// Numbers, dates and durations for people, as the browser's locale writes them.

const LOCALE = navigator.languages?.[0] ?? "en";

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat(LOCALE, {
  maximumFractionDigits: 0,
  signDisplay: "exceptZero",
  style: "percent",
});

/// A count, such as 1,234.
export const count = (value) => whole.format(value);

/// Hours with one decimal.
export const hours = (seconds) => `${tenths.format(seconds / 3600)} h`;

/// A change to a value from one before it, such as +12%.
export function change(before, now) {
  return before > 0 ? signed.format((now - before) / before) : null;
}

/// A duration in the two largest units, such as 1 h 5 min.
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return `${whole.format(hours)} h ${whole.format(minutes % 60)} min`;
  if (minutes > 0) return `${whole.format(minutes)} min ${whole.format(seconds % 60)} s`;
  return `${whole.format(seconds)} s`;
}

const formats = new Map();

/// A moment on the clock of a time zone, in a form of FORMS.
export function moment(instant, zone, form = "minute") {
  if (instant === null) return "–";
  const key = `${zone} ${form}`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat(LOCALE, { ...FORMS[form], timeZone: zone }));
  }
  return formats.get(key).format(new Date(instant));
}

const FORMS = {
  minute: { dateStyle: "medium", timeStyle: "short" },
  second: { dateStyle: "medium", timeStyle: "medium" },
  day: { weekday: "short", day: "numeric", month: "short" },
  date: { dateStyle: "medium" },
  // The months of other calendars begin on other days.
  month: { month: "short", year: "numeric", calendar: "gregory" },
  hour: { hour: "numeric" },
};

/// The names of the days of the week, from Monday.
export const WEEKDAYS = Array.from({ length: 7 }, (_, day) =>
  new Intl.DateTimeFormat(LOCALE, { weekday: "short", timeZone: "UTC" }).format(
    new Date(Date.UTC(2024, 0, 1 + day)),
  ),
);

/// The ways in which a session starts.
export const START_METHODS = { APPLET: "The customer", AGENT: "The agent on the computer" };
