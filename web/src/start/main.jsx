import { useEffect, useState } from "react";

import { graphql } from "../shared/api.js";
import { useSettledKey } from "../shared/key-field.jsx";
import { show } from "../shared/shell.jsx";

const GATEWAY = "query Gateway { viewer { gateway { version database } } }";

const LINKS = [
  ["dashboard", "Dashboard", "The figures of a period, and its sessions."],
  ["translate", "Translate", "The GraphQL query of a call of the old URL, as a document and as a program."],
  ["graphiql", "GraphiQL", "An editor for GraphQL queries that completes fields and shows the schema."],
  ["schema.graphql", "Schema", "The types and fields of the GraphQL API, as a file for programs."],
];

function Start() {
  return (
    <main className="page-body">
      <h1>Session history</h1>
      <p className="start-lead">
        The history of remote-support sessions: their technicians, customers, computers, times, chats and recordings. Programs read it with GraphQL at <code>{absolute("graphql")}</code>, or
        with the old URL at <code>{absolute("get_session_history.php")}</code>.
      </p>
      <ul className="start-links">
        {LINKS.map(([href, title, text]) => (
          <li key={href} className="panel">
            <a href={href}>{title}</a>
            <p>{text}</p>
          </li>
        ))}
      </ul>
      <Gateway />
    </main>
  );
}

const absolute = (path) => new URL(path, document.baseURI).href;

/// The version and the database. The server shows them only to callers with a key.
function Gateway() {
  const key = useSettledKey();
  const [gateway, setGateway] = useState(null);

  useEffect(() => {
    setGateway(null);
    if (!key) return undefined;
    const abort = new AbortController();
    graphql(GATEWAY, {}, abort.signal).then(
      (data) => setGateway(data.viewer.gateway),
      () => {},
    );
    return () => abort.abort();
  }, [key]);

  return (
    <p className="soft">
      {gateway === null
        ? "Enter a key at the top to read sessions."
        : `Version ${gateway.version}, with ${gateway.database}.`}
    </p>
  );
}

show("start", <Start />);
