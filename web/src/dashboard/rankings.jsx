// The technicians, customers, computers and operating systems, sorted by their number of sessions. Each row is a link to its
// sessions.

import { count, hours, moment } from "../shared/format.js";
import { COMPUTERS, CUSTOMERS, SYSTEMS, TECHNICIANS } from "./queries.js";
import { useQuery } from "./use-query.js";
import { addressOf } from "./view.js";

const NONE = "(none)";

const RANKINGS = [
  {
    title: "Technicians",
    query: TECHNICIANS,
    more: "Hours",
    row: ({ key: { technician }, duration }) => ({
      name: technician ? technician.name ?? technician.username : "(not answered)",
      pick: ["technician", technician?.username ?? ""],
      more: hours(duration.sumSeconds),
    }),
  },
  {
    title: "Customers",
    query: CUSTOMERS,
    more: "Billed",
    row: ({ key, billedMinutes }) => ({
      name: [key.customerName ?? NONE, key.customerNumber].filter(Boolean).join(", "),
      pick: ["customer", key.customerName ?? "", key.customerNumber ?? ""],
      more: hours(billedMinutes * 60),
    }),
  },
  {
    title: "Computers with repeated sessions",
    query: COMPUTERS,
    more: "Last",
    row: ({ key: { computer }, lastStartedAt }, view) => ({
      name: [computer?.name ?? NONE, computer?.domain].filter(Boolean).join(", "),
      pick: ["computer", computer?.name ?? "", computer?.domain ?? ""],
      more: moment(lastStartedAt, view.zone, "date"),
    }),
  },
  {
    title: "Operating systems",
    query: SYSTEMS,
    row: ({ key }) => ({ name: key.computerOs ?? NONE, pick: ["os", key.computerOs ?? ""] }),
  },
];

export function Rankings(props) {
  return (
    <div className="rankings">
      {RANKINGS.map((ranking) => (
        <Ranking key={ranking.title} {...ranking} {...props} />
      ))}
    </div>
  );
}

function Ranking({ title, query, more, row, view, filter, version }) {
  const { data, error, isLoading } = useQuery(query, { filter }, version);
  const { nodes = [], totalCount = 0 } = data?.sessionStats ?? {};
  const largest = Math.max(1, ...nodes.map((group) => group.count));
  return (
    <section className="panel" aria-label={title} aria-busy={isLoading}>
      <h2>
        {title}
        {totalCount > nodes.length && (
          <span className="soft">
            {" "}
            {nodes.length} of {count(totalCount)}
          </span>
        )}
      </h2>
      {error && <p className="bad" role="alert">{error}</p>}
      {data && nodes.length === 0 && <p className="soft">No sessions.</p>}
      {nodes.length > 0 && (
        <table className="ranking">
          <thead className="unseen">
            <tr>
              <th scope="col">{title}</th>
              <th scope="col">Sessions</th>
              {more && <th scope="col">{more}</th>}
            </tr>
          </thead>
          <tbody>
            {nodes.map((group) => {
              const { name, pick, more: extra } = row(group, view);
              return (
                <tr key={pick.join("\n")}>
                  <th scope="row">
                    <a href={addressOf({ ...view, pick })}>{name}</a>
                    <meter aria-hidden="true" max={largest} value={group.count} />
                  </th>
                  <td>{count(group.count)}</td>
                  {more && <td className="soft">{extra}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
