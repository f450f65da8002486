// The period, the time zone and the filters.

import { START_METHODS } from "../shared/format.js";
import { Choice, Text } from "./fields.jsx";
import { CHOICES } from "./queries.js";
import { dayAfter, localOf } from "./period.js";
import { useQuery } from "./use-query.js";
import { PERIODS, isZone, setView } from "./view.js";

const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

export function Controls({ view, live }) {
  const { data } = useQuery(CHOICES, {});
  const technicians = data?.technicians.nodes ?? [];
  const isFiltered = ["technician", "customer", "computer", "method", "field", "value"].some((it) => view[it]);
  return (
    <section className="controls" aria-label="Period and filters">
      <div className="controls-row" role="group" aria-label="Period">
        {Object.entries(PERIODS).map(([period, title]) => (
          <button
            key={period}
            type="button"
            className="button"
            aria-pressed={view.period === period}
            onClick={() => setView(periodChange(view, period))}
          >
            {title}
          </button>
        ))}
        <PeriodFields view={view} />
        {live && <p className="soft controls-live" role="status">{live.text}</p>}
      </div>
      <div className="controls-row">
        <Choice label="Technician" name="technician" view={view} all="All technicians">
          {technicians.map(({ username, name }) => [username, name ?? username])}
        </Choice>
        <Text label="Customer" name="customer" view={view} placeholder="Name, number or e-mail" />
        <Text label="Computer" name="computer" view={view} placeholder="Part of the name" />
        <Choice label="Started by" name="method" view={view} all="Both">
          {Object.entries(START_METHODS)}
        </Choice>
        <Choice label="Custom field" name="field" view={view} all="Any">
          {(data?.customFieldNames ?? []).map((name) => [name, name])}
        </Choice>
        {view.field && <Text label="Value" name="value" view={view} placeholder="Part of the value" />}
        <Text label="Time zone" name="zone" view={view} list={ZONES} isValid={isZone} />
        {isFiltered && (
          <button
            type="button"
            className="button"
            onClick={() =>
              setView({ technician: "", customer: "", computer: "", method: "", field: "", value: "", pick: [] })
            }
          >
            Clear filters
          </button>
        )}
      </div>
    </section>
  );
}

/// The changes of a click on a period. An own period is at first today; a month is at first the current one.
function periodChange(view, period) {
  const today = localOf(Date.now(), view.zone).slice(0, 10);
  const own = { from: view.from || `${today}T00:00`, until: view.until || `${dayAfter(today)}T00:00` };
  return {
    period,
    pick: [],
    month: period === "month" ? view.month || today.slice(0, 7) : "",
    ...(period === "own" ? own : { from: "", until: "" }),
  };
}

function PeriodFields({ view }) {
  const set = (name) => (event) => setView({ [name]: event.target.value, pick: [] });
  if (view.period === "month") {
    return <input className="field" type="month" aria-label="Month" value={view.month} onChange={set("month")} />;
  }
  if (view.period !== "own") return null;
  return (
    <>
      <input className="field" type="datetime-local" aria-label="From" value={view.from} onChange={set("from")} />
      <input className="field" type="datetime-local" aria-label="Until" value={view.until} onChange={set("until")} />
    </>
  );
}
