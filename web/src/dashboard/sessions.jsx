// The list of the sessions behind the figures, or behind the bar that is picked.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useReducer, useRef } from "react";

import { count } from "../shared/format.js";
import { COLUMNS } from "./columns.js";
import { Text } from "./fields.jsx";
import { Export } from "./export.jsx";
import { describePick } from "./pick.js";
import { COUNT, sessionsQuery } from "./queries.js";
import { SessionPages } from "./session-pages.js";
import { useQuery } from "./use-query.js";
import { COLUMNS as COLUMN_NAMES, addressOf, setView } from "./view.js";

const ROW_HEIGHT = 34;

export function Sessions({ view, filter, live }) {
  const { data } = useQuery(COUNT, { filter }, live.version);
  const section = useRef(null);
  const picked = view.pick.join("\n");

  // A click on a bar leads here.
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current && picked) section.current.scrollIntoView({ block: "start" });
    isFirst.current = false;
  }, [picked]);

  return (
    <section className="panel sessions" aria-label="Sessions" ref={section}>
      <div className="sessions-head">
        <h2>
          Sessions <span className="soft">{data && count(data.sessions.totalCount)}</span>
        </h2>
        {picked && (
          <p className="picked">
            {describePick(view)}{" "}
            <a className="button" href={addressOf({ ...view, pick: [] })}>
              Show all
            </a>
          </p>
        )}
        <Text label="Words" name="search" view={view} placeholder="In problem, notes and chat" />
        <Columns view={view} />
        <Export view={view} filter={filter} />
      </div>
      <List view={view} filter={filter} version={live.version} />
    </section>
  );
}

/// Which columns are shown.
function Columns({ view }) {
  const toggle = (name) => (event) => {
    const columns = COLUMN_NAMES.filter((it) => (it === name ? event.target.checked : view.columns.includes(it)));
    if (columns.length > 0) setView({ columns }, false);
  };
  return (
    <details className="columns">
      <summary className="button">Columns</summary>
      <fieldset className="panel">
        <legend className="unseen">Columns</legend>
        {COLUMN_NAMES.map((name) => (
          <label key={name}>
            <input type="checkbox" checked={view.columns.includes(name)} onChange={toggle(name)} />
            {COLUMNS[name].title}
          </label>
        ))}
      </fieldset>
    </details>
  );
}

function List({ view, filter, version }) {
  const frame = useRef(null);
  const [, render] = useReducer((count) => count + 1, 0);
  const asked = JSON.stringify([filter, view.order, view.columns]);
  const pages = useMemo(
    () => new SessionPages(sessionsQuery(view.columns), { filter, order: view.order }, render),
    [asked],
  );
  useEffect(() => () => pages.close(), [pages]);

  // One row more stands for the next page.
  const length = pages.rowCount + (pages.hasMore ? 1 : 0);
  const rows = useVirtualizer({
    count: length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const items = rows.getVirtualItems();
  const [first, last] = [items.at(0)?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => pages.show(first, last), [pages, first, last, length, pages.error]);
  // A new session does not move the list while the user reads further down.
  const isAtTop = first === 0;
  const shownVersion = useRef(version);
  useEffect(() => {
    if (!isAtTop || shownVersion.current === version) return;
    shownVersion.current = version;
    pages.refresh();
  }, [pages, isAtTop, version]);
  useEffect(() => {
    if (frame.current) frame.current.scrollTop = 0;
  }, [asked]);

  const above = items.at(0)?.start ?? 0;
  const below = rows.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      {pages.error && (
        <p className="bad" role="alert">
          {pages.error}{" "}
          <button type="button" className="button" onClick={() => pages.retry()}>
            Try again
          </button>
        </p>
      )}
      {/* It scrolls, so the keyboard must reach it. */}
      <div className="list" ref={frame} tabIndex={0} role="region" aria-label="List of sessions">
        <table aria-rowcount={pages.hasMore ? -1 : length + 1}>
          <thead>
            <tr>
              {view.columns.map((name) => (
                <Title key={name} name={name} view={view} />
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Space height={above} />}
            {items.map(({ index }) => (
              <Row key={index} index={index} session={pages.row(index)} view={view} />
            ))}
            {below > 0 && <Space height={below} />}
          </tbody>
        </table>
        {length === 0 && <p className="soft">No sessions.</p>}
      </div>
    </>
  );
}

const Space = ({ height }) => (
  <tr aria-hidden="true">
    <td style={{ height, padding: 0 }} />
  </tr>
);

function Title({ name, view }) {
  const { title, order, isNumber } = COLUMNS[name];
  const className = isNumber ? "number" : undefined;
  if (!order) {
    return (
      <th scope="col" className={className}>
        {title}
      </th>
    );
  }
  const isOrder = view.order.startsWith(order);
  const isDescending = isOrder && view.order.endsWith("DESC");
  const next = `${order}_${isDescending ? "ASC" : "DESC"}`;
  const sort = isOrder ? (isDescending ? "descending" : "ascending") : "none";
  return (
    <th scope="col" className={className} aria-sort={sort}>
      <button type="button" onClick={() => setView({ order: next }, false)}>
        {title} {isOrder && (isDescending ? "↓" : "↑")}
      </button>
    </th>
  );
}

function Row({ index, session, view }) {
  if (session === undefined) {
    return (
      <tr aria-rowindex={index + 2}>
        <td colSpan={view.columns.length} className="soft">
          Loading…
        </td>
      </tr>
    );
  }
  return (
    <tr aria-rowindex={index + 2} className={session.answered ? undefined : "missed"}>
      {view.columns.map((name, column) => {
        const { text, isNumber, isLong } = COLUMNS[name];
        const shown = text(session, view.zone) ?? "";
        const className = isNumber ? "number" : isLong ? "long" : undefined;
        return (
          <td key={name} className={className} title={isLong ? shown : undefined}>
            {column === 0 ? <a href={addressOf({ ...view, session: session.legacyId })}>{shown || "–"}</a> : shown}
          </td>
        );
      })}
    </tr>
  );
}
