import { useGraphiQL } from "@graphiql/react";
import { useEffect, useMemo, useRef, useState } from "react";

import { CopyButton } from "../shared/copy.jsx";
import { toCsv } from "../shared/csv.js";
import { save } from "../shared/save.js";
import { asCurl } from "./curl.js";
import { onAnswer } from "./request-log.js";
import { ResultTable } from "./result-table.jsx";
import { listsOf, tableOf } from "./table.js";

/// Below the answer: its other forms, and how the request went.
export function Result() {
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]);
  const about = useAbout(tab.id);
  const [isTable, setTable] = useState(false);
  const [path, setPath] = useState(null);
  const answer = useMemo(() => parse(tab.response), [tab.response]);
  const lists = useMemo(() => listsOf(answer?.data), [answer]);
  const list = lists.find((each) => each.path === path) ?? lists[0];
  const table = useMemo(() => list && tableOf(list.items), [list]);

  const saveCsv = () => {
    const name = (tab.operationName || list.path).replace(/[^\w-]+/g, "-");
    save(new Blob([toCsv(table.columns, table.rows)], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
  };

  return (
    <div className="result">
      {isTable && <ResultTable answer={answer} table={table} name={list?.path} />}
      <div className="result-bar">
        <div className="result-forms" role="group" aria-label="Form of the answer">
          <button className="button" type="button" aria-pressed={!isTable} onClick={() => setTable(false)}>
            JSON
          </button>
          <button className="button" type="button" aria-pressed={isTable} onClick={() => setTable(true)}>
            Table
          </button>
        </div>
        {isTable && lists.length > 1 && (
          <select
            className="field"
            aria-label="List of the table"
            value={list.path}
            onChange={(event) => setPath(event.target.value)}
          >
            {lists.map((each) => (
              <option key={each.path}>{each.path}</option>
            ))}
          </select>
        )}
        <button className="button" type="button" disabled={!table} onClick={saveCsv}>
          CSV
        </button>
        <CopyCurl tab={tab} />
        <p className="result-about" role="status">
          {about && tab.response && describe(about, list)}
        </p>
      </div>
    </div>
  );
}

function CopyCurl({ tab }) {
  const command = useMemo(
    () => asCurl({ query: tab.query ?? "", variables: tab.variables ?? "", operationName: tab.operationName }),
    [tab],
  );
  if (command === null) return <span className="bad">The variables are not JSON.</span>;
  return <CopyButton text={command} label="Copy as curl" />;
}

/// How the last request of a tab went. A tab that is not active has no request.
function useAbout(tabId) {
  const [abouts, setAbouts] = useState({});
  const active = useRef(tabId);
  active.current = tabId;
  useEffect(() => onAnswer((about) => setAbouts((all) => ({ ...all, [active.current]: about }))), []);
  return abouts[tabId];
}

function describe({ status, milliseconds, bytes }, list) {
  const parts = [`HTTP ${status}`, amount(milliseconds, "millisecond"), amount(bytes / 1000, "kilobyte")];
  if (list) parts.push(`${list.items.length.toLocaleString()} ${list.items.length === 1 ? "row" : "rows"}`);
  return parts.join(" · ");
}

function amount(number, unit) {
  const maximumFractionDigits = number < 10 ? 1 : 0;
  return new Intl.NumberFormat(undefined, { style: "unit", unit, maximumFractionDigits }).format(number);
}

function parse(response) {
  try {
    return response ? JSON.parse(response) : null;
  } catch {
    // An error of GraphiQL that is no JSON.
    return null;
  }
}
