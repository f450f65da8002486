import { useEffect, useRef, useState } from "react";

import { bulk } from "../shared/api.js";
import { save } from "../shared/save.js";
import { exportQuery } from "./queries.js";

/// Saves the whole list, with its columns and order, as a CSV file.
export function Export({ view, filter }) {
  const [state, setState] = useState({ isRunning: false, error: null });
  const abort = useRef(null);
  useEffect(() => () => abort.current?.abort(), []);

  const run = async () => {
    abort.current = new AbortController();
    setState({ isRunning: true, error: null });
    try {
      const variables = { filter, order: view.order };
      const answer = await bulk(exportQuery(view.columns), variables, "text/csv", abort.current.signal);
      save(await answer.blob(), "sessions.csv");
      setState({ isRunning: false, error: null });
    } catch (error) {
      setState({ isRunning: false, error: abort.current.signal.aborted ? null : error.message });
    }
  };
  return (
    <>
      {state.isRunning ? (
        <button type="button" className="button" onClick={() => abort.current.abort()}>
          Stop the download
        </button>
      ) : (
        <button type="button" className="button" onClick={run}>
          Download CSV
        </button>
      )}
      {state.error && <p className="bad" role="alert">{state.error}</p>}
    </>
  );
}
