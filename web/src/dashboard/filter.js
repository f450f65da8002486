// The API filters of a view.

import { hoursOfWeek } from "./period.js";

/// The limit of time ranges in a filter. The cells of longer periods, by hour and day of the week, have no links.
export const MAX_RANGES = 40;

/// The filter of all figures: the period and the fields above them.
export function filterOf(view, { from, until }) {
  const conditions = { startedAt: { gte: from, lt: until } };
  if (view.technician) conditions.technician = { username: { eq: view.technician } };
  if (view.computer) conditions.computer = { name: { contains: view.computer } };
  if (view.method) conditions.startMethod = { eq: view.method };
  if (view.field) {
    conditions.customField = { name: view.field };
    if (view.value) conditions.customField.value = { contains: view.value };
  }
  if (view.customer) {
    const text = { contains: view.customer };
    conditions.or = [
      { customer: { name: text } },
      { customer: { number: text } },
      { customer: { email: text } },
    ];
  }
  return conditions;
}

/// The filter of the list: the filter of the figures, the picked bar and the searched words.
export function listFilterOf(view, period) {
  const all = [filterOf(view, period), pickFilter(view, period)];
  if (view.search) all.push({ search: view.search });
  return { and: all.filter((filter) => filter !== null) };
}

/// The filter of the picked bar. `view.pick` has the kind of the bar, then its values. An empty value matches null.
function pickFilter(view, period) {
  const [kind, ...values] = view.pick;
  const text = (value) => (value === null || value === "" ? { isNull: true } : { eq: value });
  switch (kind) {
    case "answered":
      return { answered: values[0] === "true" };
    case "between":
      return { startedAt: { gte: values[0], lt: values[1] }, ...answered(values[2]) };
    case "hour":
      return { or: hoursOfWeek(period, view.zone, Number(values[0]), Number(values[1])).map((startedAt) => ({ startedAt })) };
    case "technician":
      return values[0] ? { technician: { username: { eq: values[0] } } } : { answered: false };
    case "customer":
      return { customer: { name: text(values[0]), number: text(values[1]) } };
    case "computer":
      // The API has one group for all computers without a name.
      return { computer: { name: text(values[0]), ...(values[0] && { domain: text(values[1]) }) } };
    case "os":
      return { computer: { os: text(values[0]) } };
    default:
      return null;
  }
}

const answered = (value) => (value === undefined ? {} : { answered: value === "true" });
