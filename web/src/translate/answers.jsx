import { useEffect, useId, useState } from "react";

import { useKey } from "../shared/key-field.jsx";
import { SHOWN, graphqlAnswer, legacyAnswer } from "./answers.js";
import { formatOf, toQuery } from "./call.js";
import { Code } from "./code.jsx";

/// The answer of the old URL and that of GraphQL, side by side, on request.
export function Answers({ params, translation }) {
  const key = useKey();
  const heading = useId();
  // A change of the call or the key takes the answers away.
  const call = `${toQuery(params)} ${key}`;
  const [asked, setAsked] = useState(null);
  const isAsked = asked === call;
  const legacy = useAnswer(isAsked, call, (signal) => legacyAnswer(params, signal));
  const graphql = useAnswer(isAsked, call, async (signal) => ({ text: await graphqlAnswer(translation, signal) }));

  return (
    <section className="part" aria-labelledby={heading}>
      <h2 id={heading}>Both answers</h2>
      <p className="part-lead">
        Sends the old call and the GraphQL query to this server, and shows the first {SHOWN} sessions of each answer.
        The usage of the old URL counts this call too.
      </p>
      <div className="actions">
        <button className="button main" type="button" disabled={key === ""} onClick={() => setAsked(call)}>
          Compare the answers
        </button>
        {key === "" && <span className="soft">Sessions need a key: enter it at the top.</span>}
      </div>
      {isAsked && (
        <div className="columns">
          <Answer title={`Old URL (${formatOf(params)})`} state={legacy} />
          <Answer title="GraphQL" state={graphql} />
        </div>
      )}
    </section>
  );
}

function Answer({ title, state }) {
  if (state.error) {
    return (
      <section className="panel" aria-label={title}>
        <h3>{title}</h3>
        <p className="bad" role="alert">
          {state.error}
        </p>
      </section>
    );
  }
  if (state.text === undefined) {
    return (
      <section className="panel" aria-label={title}>
        <h3>{title}</h3>
        <p className="soft" role="status">
          Waiting for the answer…
        </p>
      </section>
    );
  }
  return (
    <Code title={title} text={state.text}>
      {state.status >= 400 && <p className="bad">The answer has the HTTP status {state.status}.</p>}
    </Code>
  );
}

function useAnswer(isAsked, call, request) {
  const [state, setState] = useState({});
  useEffect(() => {
    setState({});
    if (!isAsked) return undefined;
    const abort = new AbortController();
    request(abort.signal).then(setState, (error) => {
      if (!abort.signal.aborted) setState({ error: error.message });
    });
    return () => abort.abort();
  }, [isAsked, call]);
  return state;
}
