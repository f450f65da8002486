// One session with its chat and its recordings.

import { useEffect, useRef, useState } from "react";

import { graphql } from "../shared/api.js";
import { START_METHODS, duration, moment } from "../shared/format.js";
import { SESSION } from "./queries.js";
import { useQuery } from "./use-query.js";
import { setView } from "./view.js";

export function Drawer({ id, view }) {
  const dialog = useRef(null);
  const { data, error } = useQuery(SESSION, { id });
  const close = () => setView({ session: "" });

  useEffect(() => {
    if (!dialog.current.open) dialog.current.showModal();
  }, []);
  return (
    <dialog
      className="drawer"
      ref={dialog}
      aria-label={`Session ${id}`}
      onClose={close}
      // A click beside it closes it, but not the second one of a double click that opened it.
      onClick={(event) => event.target === dialog.current && event.detail < 2 && dialog.current.close()}
    >
      <div className="drawer-body">
        <header>
          <h2>Session {id}</h2>
          <button type="button" className="button" onClick={() => dialog.current.close()}>
            Close
          </button>
        </header>
        {error && <p className="bad" role="alert">{error}</p>}
        {data && (data.session === null ? <p>There is no such session.</p> : <Details session={data.session} view={view} />)}
        {!data && !error && <p className="soft">Loading…</p>}
      </div>
    </dialog>
  );
}

function Details({ session, view }) {
  const { technician, customer, computer } = session;
  const rows = [
    ["Start", moment(session.startedAt, view.zone, "second")],
    ["End", session.endedAt ? moment(session.endedAt, view.zone, "second") : "open"],
    ["Duration", duration(session.durationSeconds)],
    ["First response", duration(session.firstResponseSeconds)],
    ["Started by", START_METHODS[session.startMethod]],
    ["Technician", technician ? joined(technician.name, technician.username) : "not answered"],
    ["Customer", joined(customer.name, customer.number, customer.email)],
    ["Computer", joined(computer.name, computer.domain, computer.os)],
    ...session.customFields.map(({ name, value }) => [name, value]),
  ];
  return (
    <>
      <dl className="details">
        {rows.map(([name, value], index) => (
          <div key={`${index} ${name}`}>
            <dt>{name}</dt>
            <dd>{value || "–"}</dd>
          </div>
        ))}
      </dl>
      <Part title="Problem" text={session.problemDescription} words={view.search} />
      <Part title="Notes" text={session.notes} words={view.search} />
      <Recordings videos={session.videos} view={view} />
      <Chat session={session} view={view} />
    </>
  );
}

const joined = (...texts) => texts.filter(Boolean).join(", ");

function Part({ title, text, words }) {
  if (!text) return null;
  return (
    <section>
      <h3>{title}</h3>
      <p className="long-text">
        <Marked text={text} words={words} />
      </p>
    </section>
  );
}

function Recordings({ videos: { nodes, pageInfo }, view }) {
  if (nodes.length === 0) return null;
  return (
    <section>
      <h3>Recordings</h3>
      <ul>
        {nodes.map(({ url, recordedAt, durationSeconds }, index) => (
          <li key={index}>
            <Address url={url} />{" "}
            <span className="soft">
              {joined(recordedAt && moment(recordedAt, view.zone), durationSeconds !== null && duration(durationSeconds))}
            </span>
          </li>
        ))}
      </ul>
      {pageInfo.hasNextPage && <p className="soft">There are more recordings. GraphiQL shows all.</p>}
    </section>
  );
}

/// A link, if it leads to a web page. The support tool can have written another text.
function Address({ url }) {
  if (!/^https?:\/\//i.test(url)) return <code>{url}</code>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {url}
    </a>
  );
}

function Chat({ session, view }) {
  const { legacyId, chatMessages } = session;
  const [more, setMore] = useState({ nodes: [], pageInfo: chatMessages.pageInfo, error: null });
  const messages = [...chatMessages.nodes, ...more.nodes];
  if (messages.length === 0) return <p className="soft">No chat.</p>;

  const readMore = async () => {
    try {
      const variables = { id: legacyId, after: more.pageInfo.endCursor };
      const { nodes, pageInfo } = (await graphql(SESSION, variables)).session.chatMessages;
      setMore({ nodes: [...more.nodes, ...nodes], pageInfo, error: null });
    } catch (error) {
      setMore({ ...more, error: error.message });
    }
  };
  return (
    <section>
      <h3>Chat</h3>
      <ol className="chat">
        {messages.map(({ sentAt, sender, senderRole, body }, index) => (
          <li key={index} className={senderRole.toLowerCase()}>
            <span className="soft">
              {joined(sender ?? "(no sender)", sentAt && moment(sentAt, view.zone, "second"))}
            </span>
            <p className="long-text">
              <Marked text={body ?? ""} words={view.search} />
            </p>
          </li>
        ))}
      </ol>
      {more.error && <p className="bad" role="alert">{more.error}</p>}
      {more.pageInfo.hasNextPage && (
        <button type="button" className="button" onClick={readMore}>
          More messages
        </button>
      )}
    </section>
  );
}

/// A text in which the searched words are marked.
function Marked({ text, words }) {
  const terms = words.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (terms.length === 0) return text;
  const pattern = new RegExp(`(${terms.join("|")})`, "giu");
  // Every second part is one that the pattern found.
  return text.split(pattern).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part));
}
