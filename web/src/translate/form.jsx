import { useId } from "react";

import { elementsOf, formatOf, withParam } from "./call.js";
import { ELEMENTS, FILTERS, FORMATS } from "./parameters.js";

/// A call as a form: its elements, its filters and its format.
export function CallForm({ params, onChange }) {
  const elements = elementsOf(params);
  const choose = (name, isChosen) => {
    const chosen = isChosen ? [...elements, name] : elements.filter((other) => other !== name);
    onChange(withParam(params, "VARS", chosen.join(" ")));
  };

  return (
    <form className="call-form" onSubmit={(event) => event.preventDefault()}>
      <h3>What the answer has</h3>
      <div className="groups">
        {ELEMENTS.map(([group, list]) => (
          <fieldset key={group}>
            <legend>{group}</legend>
            {list.map(([name, label]) => (
              <label key={name} className="choice">
                <input
                  type="checkbox"
                  name={name}
                  checked={elements.includes(name)}
                  onChange={(event) => choose(name, event.target.checked)}
                />
                <span>
                  {label} <code>{name}</code>
                </span>
              </label>
            ))}
          </fieldset>
        ))}
        <fieldset>
          <legend>Format</legend>
          <Words
            name="OUTPUT_FORMAT"
            label="Format of the answer"
            value={formatOf(params)}
            words={FORMATS.map((format) => [format, ""])}
            onChange={(value) => onChange(withFormat(params, value))}
          />
        </fieldset>
      </div>
      <h3>Which sessions</h3>
      <p className="soft">A session must match all filters. Without a filter, the answer has all sessions.</p>
      <div className="groups">
        {FILTERS.map(([group, filters]) => (
          <fieldset key={group}>
            <legend>{group}</legend>
            {filters.map(([name, label, { words, hint }]) => {
              const Field = words ? Words : Text;
              return (
                <Field
                  key={name}
                  name={name}
                  label={label}
                  hint={hint}
                  words={words && [["", "not set"], ...words]}
                  value={params.get(name) ?? ""}
                  onChange={(value) => onChange(withParam(params, name, value))}
                />
              );
            })}
          </fieldset>
        ))}
      </div>
    </form>
  );
}

/// `VARS` can have a format too.
function withFormat(params, format) {
  const vars = withParam(params, "VARS", elementsOf(params).join(" "));
  return withParam(vars, "OUTPUT_FORMAT", format === "XML" ? "" : format);
}

function Text({ name, label, hint, value, onChange }) {
  const id = useId();
  return (
    <div className="entry">
      <label htmlFor={id}>
        {label} <code>{name}</code>
      </label>
      <input
        id={id}
        className="field"
        name={name}
        value={value}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <small id={`${id}-hint`}>{hint}</small>
    </div>
  );
}

function Words({ name, label, value, words, onChange }) {
  const id = useId();
  const chosen = value.toUpperCase();
  const isKnown = words.some(([word]) => word === chosen);
  return (
    <div className="entry">
      <label htmlFor={id}>
        {label} <code>{name}</code>
      </label>
      <select id={id} className="field" name={name} value={chosen} onChange={(event) => onChange(event.target.value)}>
        {words.map(([word, meaning]) => (
          <option key={word} value={word}>
            {word}
            {word && meaning && ": "}
            {meaning}
          </option>
        ))}
        {!isKnown && <option value={chosen}>{chosen}: not valid</option>}
      </select>
    </div>
  );
}
