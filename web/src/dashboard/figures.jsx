// The figures of the period, each with its change against the period before.

import { change, count, duration, hours } from "../shared/format.js";
import { addressOf } from "./view.js";

/// What a figure is, how its value is found and written, and the sessions that its link lists.
const FIGURES = [
  ["Sessions", (total) => total.count, count, []],
  ["Answered", (total) => total.answered, count, ["answered", "true"]],
  ["Missed", (total) => total.missed, count, ["answered", "false"]],
  ["Median duration", (total) => total.duration.median, duration],
  ["90% are shorter than", (total) => total.duration.p90, duration],
  ["Median first response", (total) => total.firstResponse.median, duration],
  ["Time with a session", (total) => total.busySeconds, hours],
  ["Billed", (total) => total.billedMinutes * 60, hours],
];

export function Figures({ view, data, error, isLoading }) {
  if (error) return <p className="panel bad" role="alert">{error}</p>;
  return (
    <section aria-label="Figures" aria-busy={isLoading}>
      <dl className="figures">
        {FIGURES.map(([title, valueOf, format, pick]) => (
          <div key={title} className="panel figure">
            <dt>{title}</dt>
            <dd>
              <Value view={view} pick={pick} text={data && format(valueOf(data.now.total))} />
              <Change data={data} valueOf={valueOf} format={format} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Value({ view, pick, text }) {
  if (pick === undefined || text === null) return <span className="figure-value">{text ?? "…"}</span>;
  return (
    <a className="figure-value" href={addressOf({ ...view, pick })}>
      {text}
    </a>
  );
}

function Change({ data, valueOf, format }) {
  if (!data) return <span className="soft">…</span>;
  const [now, before] = [valueOf(data.now.total), valueOf(data.before.total)];
  const percent = now === null || before === null ? null : change(before, now);
  return (
    <span className="soft">
      {percent === null ? "" : `${percent}, `}before: {format(before)}
    </span>
  );
}
