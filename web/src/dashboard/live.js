// New and changed sessions, at once.

import { useEffect, useState } from "react";

import { subscribe } from "../shared/api.js";
import { filterOf } from "./filter.js";
import { CHANGES } from "./queries.js";

/// The figures are read again at most once in this time.
const REFRESH_MS = 5_000;
/// The pause before an ended subscription is opened again. It doubles each time that the subscription ends soon.
const RETRY_MS = 5_000;
const MAX_RETRY_MS = 60_000;

/// A number that grows when the history has changed, so that the page must be read again, and a text about it.
export function useChanges(view, period) {
  const [state, setState] = useState({ version: 0, isOpen: false });
  const filter = period && JSON.stringify(filterOf(view, period));

  useEffect(() => {
    if (filter === null) return undefined;
    const abort = new AbortController();
    let timer = null;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = null;
        setState((last) => ({ ...last, version: last.version + 1 }));
      }, REFRESH_MS);
    };
    // A refused subscription has an answer too.
    const take = ({ data }) => data && refresh();
    const setOpen = (isOpen) => !abort.signal.aborted && setState((last) => ({ ...last, isOpen }));
    let pause = RETRY_MS;
    let wasClosed = false;
    const opened = () => {
      setOpen(true);
      // What changed meanwhile is read.
      if (wasClosed) refresh();
    };
    const follow = async () => {
      while (!abort.signal.aborted) {
        const start = Date.now();
        try {
          await subscribe({ query: CHANGES, variables: { filter: JSON.parse(filter) } }, abort.signal, take, opened);
        } catch {
          // The connection is opened again.
        }
        setOpen(false);
        wasClosed = true;
        const isShort = Date.now() - start < MAX_RETRY_MS;
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = isShort ? Math.min(2 * pause, MAX_RETRY_MS) : RETRY_MS;
      }
    };
    follow();
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [filter]);
  const text = state.isOpen ? "New sessions appear by themselves." : "Not connected: new sessions do not appear.";
  return { version: state.version, text };
}
