import { useEffect, useState } from "react";

import { graphql } from "../shared/api.js";

const TOO_LONG = "The period has too many sessions for these figures. Choose a shorter one, or another filter.";

/// The answer to a query: its data, or the message of its failure. The last answer stays until the new one is there,
/// so that the page does not jump. A change of `version` sends the query again.
export function useQuery(query, variables, version = 0) {
  const [state, setState] = useState({ data: null, error: null, isLoading: true });
  const asked = JSON.stringify(variables);

  useEffect(() => {
    const abort = new AbortController();
    setState((last) => ({ ...last, isLoading: true }));
    graphql(query, JSON.parse(asked), abort.signal).then(
      (data) => setState({ data, error: null, isLoading: false }),
      (error) => {
        if (abort.signal.aborted) return;
        const text = error.code === "QUERY_TOO_COMPLEX" ? TOO_LONG : error.message;
        setState({ data: null, error: text, isLoading: false });
      },
    );
    return () => abort.abort();
  }, [query, asked, version]);
  return state;
}
