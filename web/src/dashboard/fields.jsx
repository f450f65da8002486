// The fields of the filters. Each one has the value of its name in the view.

import { useEffect, useId, useState } from "react";

import { setView } from "./view.js";

// A text is used once nothing was typed for this time.
const TYPING_PAUSE_MS = 400;

export function Choice({ label, name, view, all, children }) {
  const id = useId();
  const known = children.some(([value]) => value === view[name]);
  return (
    <div className="control">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="field"
        value={view[name]}
        onChange={(event) => setView({ [name]: event.target.value, pick: [], ...(name === "field" && { value: "" }) })}
      >
        <option value="">{all}</option>
        {!known && view[name] && <option value={view[name]}>{view[name]}</option>}
        {children.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </div>
  );
}

/// A field whose text is used a moment after it was typed, if it is valid.
export function Text({ label, name, view, list, isValid = () => true, ...rest }) {
  const [text, setText] = useState(view[name]);
  const id = useId();
  const choices = useId();
  useEffect(() => setText(view[name]), [view[name]]);
  useEffect(() => {
    if (text === view[name] || !isValid(text)) return undefined;
    const timer = setTimeout(() => setView({ [name]: text, ...(name !== "search" && { pick: [] }) }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="control">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="field"
        type={name === "search" ? "search" : "text"}
        value={text}
        aria-invalid={!isValid(text)}
        list={list && choices}
        onChange={(event) => setText(event.target.value)}
        {...rest}
      />
      {list && (
        <datalist id={choices}>
          {list.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </div>
  );
}
