// The period, the time zone and the filters.

import { useEffect, useId, useState } from "react";

import { CHOICES } from "./queries.js";
import { dayAfter, localOf } from "./period.js";
import { useQuery } from "./use-query.js";
import { PERIODS, isZone, setView } from "./view.js";

const METHODS = { APPLET: "By the customer", AGENT: "Through the agent" };
const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];
// A text is used once nothing was typed for this time.
const TYPING_PAUSE_MS = 400;

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
        <Choice label="Start" name="method" view={view} all="All ways">
          {Object.entries(METHODS)}
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

function Choice({ label, name, view, all, children }) {
  const id = useId();
  const known = children.some(([value]) => value === view[name]);
  return (
    <div className="control">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="field"
        value={view[name]}
        onChange={(event) => setView({ [name]: event.target.value, pick: [], ...(name === "field" && { value: "" }) })}
      >
        <option value="">{all}</option>
        {!known && view[name] && <option value={view[name]}>{view[name]}</option>}
        {children.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </div>
  );
}

/// A field whose text is used a moment after it was typed, if it is valid.
export function Text({ label, name, view, list, isValid = () => true, ...rest }) {
  const [text, setText] = useState(view[name]);
  const id = useId();
  const choices = useId();
  useEffect(() => setText(view[name]), [view[name]]);
  useEffect(() => {
    if (text === view[name]) return undefined;
    if (!isValid(text)) return undefined;
    const timer = setTimeout(() => setView({ [name]: text, ...(name !== "search" && { pick: [] }) }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="control">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="field"
        type={name === "search" ? "search" : "text"}
        value={text}
        aria-invalid={!isValid(text)}
        list={list && choices}
        onChange={(event) => setText(event.target.value)}
        {...rest}
      />
      {list && (
        <datalist id={choices}>
          {list.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </div>
  );
}
