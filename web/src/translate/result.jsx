import { useId, useState } from "react";

import { Answers } from "./answers.jsx";
import { Code } from "./code.jsx";
import { explain } from "./parameters.js";
import { PROGRAMS } from "./translation.js";

/// What the server makes of the call.
export function Result({ params, translation }) {
  const heading = useId();
  if (translation === null) return <p role="status" className="soft">Translating…</p>;
  if (translation.isClosed) return <Closed />;
  if (translation.error || translation.refusal) return <Refusal {...translation} />;

  const { document, variables, programs } = translation;
  const shownVariables = JSON.stringify(variables, null, 2);
  const editor = `graphiql?${new URLSearchParams({ query: document, variables: shownVariables })}`;
  return (
    <>
      <p className="unseen" role="status">
        The call is translated.
      </p>
      <section className="part" aria-labelledby={heading}>
        <h2 id={heading}>As GraphQL</h2>
        <div className="columns">
          <Code title="Query" text={document} />
          <Code title="Variables" text={shownVariables} />
        </div>
        <div className="actions">
          <a className="button main" href={editor}>
            Open in GraphiQL
          </a>
        </div>
      </section>
      <Programs programs={programs} />
      <Answers params={params} translation={translation} />
    </>
  );
}

function Programs({ programs }) {
  const [chosen, setChosen] = useState(PROGRAMS[0][0]);
  const heading = useId();
  const [, title] = PROGRAMS.find(([name]) => name === chosen);
  return (
    <section className="part" aria-labelledby={heading}>
      <h2 id={heading}>As a program</h2>
      <p className="part-lead">
        Prints all sessions of the call, one JSON object a line. Set the variable <code>SESSION_HISTORY_KEY</code> to
        your key, and <code>SESSION_HISTORY_URL</code> to{" "}
        <code>{new URL("graphql", window.document.baseURI).href}</code>
      </p>
      <div className="actions" role="group" aria-label="Language of the program">
        {PROGRAMS.map(([name, label]) => (
          <button
            key={name}
            className="button"
            type="button"
            aria-pressed={name === chosen}
            onClick={() => setChosen(name)}
          >
            {label}
          </button>
        ))}
      </div>
      <Code title={title} text={programs[chosen]} />
    </section>
  );
}

function Refusal({ error, refusal }) {
  return (
    <div className="part panel refusal" role="alert">
      <p className="bad">{error ?? "The server refuses this call:"}</p>
      {refusal && (
        <>
          <p>
            <code>{refusal}</code>
          </p>
          <p>{explain(refusal)}</p>
        </>
      )}
    </div>
  );
}

function Closed() {
  return (
    <div className="part panel refusal" role="alert">
      <p className="bad">This server does not translate in the browser, because its schema is not open.</p>
      <p>
        Its operator can open it with <code>--introspection all</code>, or translate with the command{" "}
        <code>session-history translate &apos;URL&apos;</code>.
      </p>
    </div>
  );
}
