import { useId, useState, useSyncExternalStore } from "react";

import { KeyState, currentKey, keyState, setKey, subscribe } from "./key.js";

const HINTS = {
  [KeyState.NONE]: "Without a key you can read the schema. Data needs a key.",
  [KeyState.SET]: "The key is sent with every query and stored in this browser tab only.",
  [KeyState.UNSENDABLE]: "The key is not sent: a key has only ASCII letters, digits and signs.",
  [KeyState.REFUSED]: "The server refused this key: it is unknown, expired or revoked.",
};

export function KeyField() {
  const key = useSyncExternalStore(subscribe, currentKey);
  const state = useSyncExternalStore(subscribe, keyState);
  const [shown, setShown] = useState(false);
  const field = useId();
  const hint = useId();

  return (
    <form className="key" data-state={state} onSubmit={(event) => event.preventDefault()}>
      <label htmlFor={field}>API key</label>
      <div className="key-box">
        <input
          id={field}
          className="key-input"
          type={shown ? "text" : "password"}
          value={key}
          onChange={(event) => setKey(event.target.value)}
          placeholder="Paste a key"
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          data-1p-ignore=""
          data-lpignore="true"
          aria-describedby={hint}
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
      <p id={hint} className="key-hint" role="status">
        {HINTS[state]}
      </p>
    </form>
  );
}
