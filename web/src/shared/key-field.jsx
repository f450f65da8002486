import { useEffect, useId, useState, useSyncExternalStore } from "react";

import { graphql } from "./api.js";
import {
  KeyState,
  currentKey,
  isRemembered,
  keyState,
  setKey,
  setRemembered,
  subscribe,
} from "./key.js";

const HINTS = {
  [KeyState.NONE]: "Without a key you can read the schema. Data needs a key.",
  [KeyState.UNKNOWN]: "The server is asked whether it knows this key.",
  [KeyState.ACCEPTED]: "The key is sent with every request.",
  [KeyState.UNSENDABLE]: "The key is not sent: a key has only ASCII letters, digits and signs.",
  [KeyState.REFUSED]: "The server refused this key: it is unknown, expired or revoked.",
};

const WHO = "query Caller { viewer { account { name } keyLabel } }";

// The server is asked once nothing was typed for this time.
const TYPING_PAUSE_MS = 300;

export const useKey = () => useSyncExternalStore(subscribe, currentKey);

/// The key once it is typed. Null while it changes.
export function useSettledKey() {
  const key = useKey();
  const [settled, setSettled] = useState(key);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key), isTyping() ? TYPING_PAUSE_MS : 0);
    return () => clearTimeout(timer);
  }, [key]);
  return settled === key ? key : null;
}

export const useKeyState = () => useSyncExternalStore(subscribe, keyState);

/// The key, as a field to enter it or, when the server accepted it, as the account and label.
export function KeyField() {
  const key = useKey();
  const state = useKeyState();
  const { caller, problem } = useCaller(state);
  const [isChanged, setChanged] = useState(false);

  useEffect(() => {
    if (caller === null) setChanged(false);
  }, [caller]);

  if (caller === null || isChanged) {
    const hint = problem ?? HINTS[state];
    return <KeyForm key_={key} state={state} hint={hint} onDone={caller && (() => setChanged(false))} />;
  }
  return (
    <div className="key" data-state="accepted">
      <p className="key-hint" role="status">
        Account <strong>{caller.account.name}</strong>
        {caller.keyLabel && (
          <>
            , key <strong>{caller.keyLabel}</strong>
          </>
        )}
      </p>
      <button className="button" type="button" onClick={() => setChanged(true)}>
        Change key
      </button>
    </div>
  );
}

function KeyForm({ key_, state, hint, onDone }) {
  const remembered = useSyncExternalStore(subscribe, isRemembered);
  const [shown, setShown] = useState(false);
  const field = useId();
  const hintId = useId();
  const submit = (event) => {
    event.preventDefault();
    onDone?.();
  };

  return (
    <form className="key" data-state={state} onSubmit={submit}>
      <label className="key-label" htmlFor={field}>
        API key
      </label>
      <div className="key-box">
        <input
          id={field}
          className="key-input"
          type={shown ? "text" : "password"}
          value={key_}
          onChange={(event) => setKey(event.target.value)}
          placeholder="Paste a key"
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          data-1p-ignore=""
          data-lpignore="true"
          aria-describedby={hintId}
          aria-invalid={state === KeyState.REFUSED || state === KeyState.UNSENDABLE}
        />
        <button
          className="key-toggle"
          type="button"
          aria-label={shown ? "Hide key" : "Show key"}
          aria-controls={field}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </button>
      </div>
      <label className="key-remember">
        <input
          type="checkbox"
          checked={remembered}
          onChange={(event) => setRemembered(event.target.checked)}
        />
        Remember on this computer
      </label>
      {onDone && (
        <button className="button" type="submit">
          Done
        </button>
      )}
      <p id={hintId} className="key-hint" role="status">
        {hint}
      </p>
    </form>
  );
}

const NO_ANSWER = { caller: null, problem: null };

/// Who the server says that the caller is, once it accepts the key; or why it cannot be asked.
function useCaller(state) {
  const [answer, setAnswer] = useState(NO_ANSWER);
  const key = useSettledKey();
  const isUsable = key !== null && (state === KeyState.UNKNOWN || state === KeyState.ACCEPTED);

  useEffect(() => {
    setAnswer(NO_ANSWER);
    if (!isUsable) return undefined;

    const abort = new AbortController();
    graphql(WHO, {}, abort.signal).then(
      ({ viewer }) => setAnswer({ caller: viewer, problem: null }),
      (error) => {
        // What a refusal means is known by the state of the key.
        const isRefused = error.code === "UNAUTHENTICATED";
        if (!abort.signal.aborted && !isRefused) setAnswer({ caller: null, problem: error.message });
      },
    );
    return () => abort.abort();
  }, [key, isUsable]);
  return answer;
}

function isTyping() {
  return document.activeElement?.classList.contains("key-input") ?? false;
}
