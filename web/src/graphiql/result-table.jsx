import { listIn } from "./table.js";

// Rows that are shown. More make a browser slow; the CSV has all.
const MOST_ROWS = 1000;

/// A list of the answer as a table.
export function ResultTable({ answer, table, name }) {
  const error = answer?.errors?.[0]?.message;
  return (
    <div className="result-table" tabIndex={0} role="group" aria-label="Answer as a table">
      {error && (
        <p className="bad" role="alert">
          {error}
        </p>
      )}
      {!table && !error && (
        <p className="soft">
          {answer === null
            ? "Run the query to see its answer."
            : "The answer has no list with items. A table shows the items of a list, such as sessions { nodes { … } }."}
        </p>
      )}
      {table && <Rows {...table} name={name} />}
    </div>
  );
}

function Rows({ columns, rows, name }) {
  return (
    <>
      <table>
        <caption className="unseen">{name}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, index) => (
            <tr key={index}>
              {row.map((value, at) => (
                <Cell key={columns[at]} value={value} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && (
        <p className="soft">
          The first {MOST_ROWS.toLocaleString()} of {rows.length.toLocaleString()} rows are shown. The CSV has all.
        </p>
      )}
    </>
  );
}

function Cell({ value }) {
  if (value === null) return <td />;
  if (typeof value === "number") return <td className="number">{value}</td>;
  const list = listIn(value);
  if (list === null) return <td title={String(value)}>{String(value)}</td>;
  if (list.every((item) => typeof item !== "object")) return <td title={list.join("\n")}>{list.join(", ")}</td>;
  return (
    <td className="soft" title={JSON.stringify(list, null, 2)}>
      {list.length === 1 ? "1 item" : `${list.length} items`}
    </td>
  );
}
