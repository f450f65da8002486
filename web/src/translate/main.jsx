import { useEffect, useState } from "react";

import { show } from "../shared/shell.jsx";
import { parseCall, toQuery, withoutKey } from "./call.js";
import { CallField } from "./call-field.jsx";
import { CallForm } from "./form.jsx";
import { Result } from "./result.jsx";
import { useTranslation } from "./translation.js";

const inAddress = parseCall(location.search);
const START = { text: "", ...inAddress };
showInAddress(inAddress.params);

function Translate() {
  // `text` is what the user wrote, if the call is written and not chosen in the form.
  const [call, setCall] = useState(START);
  const translation = useTranslation(call.params);

  useEffect(() => showInAddress(call.params), [call.params]);

  const write = (text) => setCall(({ key }) => {
    const written = parseCall(text);
    return { text, params: written.params, key: written.key || (text && key) };
  });
  const tidy = () => setCall(({ text, ...more }) => ({ ...more, text: withoutKey(text) }));
  const choose = (params) => setCall(({ key }) => ({ text: null, params, key }));

  return (
    <main className="page-body">
      <h1>Translate an old URL</h1>
      <p className="part-lead">
        A call of <code>get_session_history.php</code> becomes a GraphQL query, and a program for the same sessions.
      </p>
      <CallField call={call} onWrite={write} onLeave={tidy} />
      <Form params={call.params} onChange={choose} />
      {call.params.size > 0 && <Result params={call.params} translation={translation} />}
    </main>
  );
}

function Form({ params, onChange }) {
  return (
    <details className="part panel">
      <summary>Build an old URL with a form</summary>
      <CallForm params={params} onChange={onChange} />
    </details>
  );
}

/// The state of the page is in its address. A key never is.
function showInAddress(params) {
  const query = toQuery(params);
  const address = location.pathname + (query && `?${query}`) + location.hash;
  history.replaceState(history.state, "", address);
}

show("translate", <Translate />);
