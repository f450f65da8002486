// The API filters of a view.

import { pickFilter } from "./pick.js";

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
