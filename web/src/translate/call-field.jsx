import { useId } from "react";

import { CopyButton } from "../shared/copy.jsx";
import { useKey } from "../shared/key-field.jsx";
import { setKey } from "../shared/key.js";
import { MAX_LENGTH, toUrl } from "./call.js";
import { ignored } from "./parameters.js";

const EXAMPLES = [
  [
    "Answered sessions since a date",
    "VARS=ID CUSTOMER_NUMBER DATE_START DATE_END TECH_USERNAME&FILTER_DATE_START_INI=2011-01-01&FILTER_PROCESSED=ANSWERED",
  ],
  ["One session, with its chat", "VARS=ID CUSTOMER_NAME NOTES DATE_START DATE_END CHAT_INFO&FILTER_ID=12334"],
  ["Missed sessions, as CSV", "VARS=ID CUSTOMER_NAME DATE_START&FILTER_PROCESSED=NOT_ANSWERED&OUTPUT_FORMAT=CSV"],
];

/// The call as a text, and the key in it.
export function CallField({ call, onWrite, onLeave }) {
  const { text, params, key } = call;
  const field = useId();
  const hint = useId();
  const url = params.size > 0 ? toUrl(params) : "";
  const shown = text === null || text === "" ? decodeForReading(url) : text;
  const isUnclear = text && params.size === 0 && key === "";

  const change = (event) => {
    onWrite(event.target.value);
    // What is pasted is complete.
    if (/^insertFrom(Paste|Drop)$/.test(event.nativeEvent.inputType)) onLeave();
  };

  return (
    <section className="part" aria-label="The call">
      <label className="call-label" htmlFor={field}>
        Old URL, or its parameters
      </label>
      <textarea
        id={field}
        className="field call-text"
        rows={4}
        value={shown}
        onChange={change}
        onBlur={onLeave}
        placeholder="https://old-host.example/get_session_history.php?KEY=…&VARS=ID DATE_START&FILTER_PROCESSED=ANSWERED"
        autoComplete="off"
        spellCheck={false}
        aria-describedby={hint}
      />
      <p id={hint} className="soft">
        Spaces and line breaks do not matter. A key is taken out of the text; it is not sent and not stored.
      </p>
      {isUnclear && (
        <p className="bad" role="alert">
          {text.length > MAX_LENGTH
            ? `This text is too long: it has ${text.length.toLocaleString()} characters; the limit is ${MAX_LENGTH.toLocaleString()}.`
            : "This text has no parameters. A call has VARS, as in: VARS=ID DATE_START"}
        </p>
      )}
      <FoundKey found={key} />
      <Ignored names={ignored(params)} />
      <div className="actions">
        {url !== "" && <CopyButton text={url} label="Copy as a URL of this server" />}
        {url === "" && <span className="soft">Examples:</span>}
        {url === "" &&
          EXAMPLES.map(([name, example]) => (
            <button key={name} className="button" type="button" onClick={() => onWrite(example)}>
              {name}
            </button>
          ))}
      </div>
    </section>
  );
}

/// Offers the key of the call to the page, if it has none.
function FoundKey({ found }) {
  const current = useKey();
  if (found === "" || current !== "") return null;
  return (
    <p className="call-key" role="status">
      <span>The URL has a key.</span>
      <button className="button" type="button" onClick={() => setKey(found)}>
        Use this key
      </button>
    </p>
  );
}

function Ignored({ names }) {
  if (names.length === 0) return null;
  return (
    <p className="soft" role="status">
      The server ignores {names.length === 1 ? "this parameter" : "these parameters"}: {names.join(", ")}
    </p>
  );
}

/// With spaces in place of `%20`. An ampersand or a percent sign of a value stays encoded.
function decodeForReading(url) {
  return url.replaceAll("%20", " ");
}
