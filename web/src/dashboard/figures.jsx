// The figures of the period, each with its change against the period before.

import { change, count, duration, hours } from "../shared/format.js";
import { addressOf } from "./view.js";

/// What a figure is, how its value is found and written, and the sessions that its link lists.
const COUNTS = [
  ["Sessions", (total) => total.count, count, []],
  ["Answered", (total) => total.answered, count, ["answered", "true"]],
  ["Missed", (total) => total.missed, count, ["answered", "false"]],
  ["Billed", (total) => total.billedMinutes * 60, hours],
];
const TIMES = [
  ["Time with a session", (total) => total.busySeconds, hours],
  ["Median duration", (total) => total.duration.median, duration],
  ["90% are shorter than", (total) => total.duration.p90, duration],
  ["Median first response", (total) => total.firstResponse.median, duration],
];

export function Figures({ view, counts, times }) {
  return (
    <section aria-label="Figures" aria-busy={counts.isLoading || times.isLoading}>
      <dl className="figures">
        <Group figures={COUNTS} view={view} {...counts} />
        <Group figures={TIMES} view={view} {...times} />
      </dl>
      <Failure error={counts.error} />
      <Failure error={times.error} />
    </section>
  );
}

const Failure = ({ error }) => error && <p className="bad" role="alert">{error}</p>;

function Group({ figures, view, data, error }) {
  return figures.map(([title, valueOf, format, pick]) => (
    <div key={title} className="panel figure">
      <dt>{title}</dt>
      <dd>
        <Value view={view} pick={pick} text={data ? format(valueOf(data.now.total)) : error && "–"} />
        <Change data={data} valueOf={valueOf} format={format} />
      </dd>
    </div>
  ));
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
  if (!data) return null;
  const [now, before] = [valueOf(data.now.total), valueOf(data.before.total)];
  const percent = now === null || before === null ? null : change(before, now);
  return (
    <span className="soft">
      {percent === null ? "" : `${percent}, `}before: {format(before)}
    </span>
  );
}
