//! Subscriptions to the change feed, over real connections to the production server.

use std::{
    io::{BufRead, BufReader, Read, Write},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{
    connection::{Connection, address},
    database::DatabaseKind,
    process::{self, CommandEnvironment, Server},
    tls::Transport,
    wire,
};

mod changes;
mod clients;
mod ends;
mod events;
mod gateways;
mod limits;
mod looks;
mod outage;
mod rules;
pub mod socket;

pub(crate) use socket::Socket;

const FEED: &str = "subscription($after: String, $filter: SessionFilter) { sessionChanges(after: $after, filter: $filter) {
    kind legacyId cursor session { notes } } }";

/// A server over a new database with two accounts.
struct Served {
    environment: CommandEnvironment,
    server: Server,
    acme: Keys,
    other: Keys,
}

/// The keys of an account.
struct Keys {
    read: String,
    write: String,
}

impl Keys {
    fn create(environment: &CommandEnvironment, account: &str) -> Self {
        process::stdout(environment, &["account", "create", account]);
        let create = |scopes: &[&str]| {
            let arguments = [&["key", "create", "--account", account], scopes].concat();
            process::stdout(environment, &arguments).trim().to_owned()
        };
        let write = create(&["--scope", "read", "--scope", "write", "--scope", "admin"]);
        Self { read: create(&[]), write }
    }
}

impl Served {
    fn start(on: DatabaseKind, flags: &[&str]) -> Self {
        Self::start_over(Transport::Plain, on, flags)
    }

    /// With TLS or without.
    fn start_over(over: Transport, on: DatabaseKind, flags: &[&str]) -> Self {
        let environment = CommandEnvironment::new(on);
        let [acme, other] = ["acme", "other"].map(|name| Keys::create(&environment, name));
        let flags = [flags, over.flags(environment.path())].concat();
        let server = Server::start(&environment, &flags);
        Self { environment, server, acme, other }
    }

    /// The answer to a request over POST.
    fn post(&self, key: &str, query: &str, variables: Value) -> Value {
        post(&self.server, key, query, variables)
    }

    /// Records sessions with these numbers and notes.
    fn record(&self, keys: &Keys, sessions: &[(u32, &str)]) {
        record(&self.server, keys, sessions);
    }

    /// Opens a stream of events, which is open when this returns.
    fn events(&self, key: &str, query: &str, variables: Value) -> EventStream {
        EventStream::open(&self.server, key, query, variables)
    }

    /// Revokes a key.
    fn revoke(&self, secret: &str) {
        let list = process::stdout(&self.environment, &["key", "list", "--account", "acme"]);
        let line = list.lines().find(|line| line.contains(&format!("\t{}…", &secret[..8])));
        let line = line.unwrap_or_else(|| panic!("{list}"));
        let id = line.split_whitespace().next().unwrap();
        process::stdout(&self.environment, &["key", "revoke", id]);
    }

    fn feed(&self, keys: &Keys, variables: Value) -> EventStream {
        self.events(&keys.read, FEED, variables)
    }
}

fn post(server: &Server, key: &str, query: &str, variables: Value) -> Value {
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", &*bearer), ("content-type", "application/json")];
    let body = json!({"query": query, "variables": variables}).to_string();
    wire::send(&server.url, "POST", "/graphql", &headers, body.as_bytes()).json()
}

fn record(server: &Server, keys: &Keys, sessions: &[(u32, &str)]) {
    let query = "mutation($sessions: [SessionInput!]!) { recordSessions(sessions: $sessions) {
        results { outcome problem } } }";
    let input = sessions.iter().map(|(id, notes)| {
        json!({"legacyId": id.to_string(), "startedAt": "2026-01-01T00:00:00Z", "notes": notes})
    });
    let answer = post(server, &keys.write, query, json!({"sessions": input.collect::<Vec<_>>()}));
    let results = answer["data"]["recordSessions"]["results"].as_array();
    let results = results.unwrap_or_else(|| panic!("{answer}"));
    assert!(results.iter().all(|it| it["problem"].is_null()), "{answer}");
}

/// A stream of server-sent events.
struct EventStream {
    reader: BufReader<Connection>,
    head: String,
    /// What was received behind the last event.
    rest: String,
    /// The number of comments.
    comments: usize,
}

impl EventStream {
    fn open(server: &Server, key: &str, query: &str, variables: Value) -> Self {
        let mut stream = Self::request(server, key, query, variables);
        assert!(stream.head.starts_with("HTTP/1.1 200"), "{}", stream.head);
        // The comment that says that the stream is open.
        assert!(stream.read_chunk());
        stream
    }

    /// Sends the request, and reads the head of the answer.
    fn request(server: &Server, key: &str, query: &str, variables: Value) -> Self {
        let address = address(&server.url);
        let mut connection = Connection::open(&server.url).unwrap();
        connection.set_read_timeout(Duration::from_secs(20));
        let body = json!({"query": query, "variables": variables}).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
             accept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        connection.write_all(head.as_bytes()).unwrap();
        connection.write_all(body.as_bytes()).unwrap();
        let mut reader = BufReader::new(connection);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
        }
        Self { reader, head, rest: String::new(), comments: 0 }
    }

    /// Reads a chunk. Returns false at the end of the body, which must be whole.
    fn read_chunk(&mut self) -> bool {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        let length = usize::from_str_radix(line.trim(), 16).unwrap_or_else(|_| {
            panic!("the stream was cut: {line:?} {}", self.rest);
        });
        let mut chunk = vec![0; length + 2];
        self.reader.read_exact(&mut chunk).unwrap();
        chunk.truncate(length);
        self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
        length > 0
    }

    /// The next event: its name and its data. None at the end of the stream.
    fn next(&mut self) -> Option<(String, String)> {
        let start = Instant::now();
        loop {
            // Comments come all the time.
            assert!(start.elapsed() < Duration::from_secs(40), "no event");
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.rest = rest;
                let Some((name, data)) = event.split_once('\n') else {
                    assert_eq!(event, ":");
                    self.comments += 1;
                    continue;
                };
                let name = name.strip_prefix("event: ").unwrap().to_owned();
                return Some((name, data.strip_prefix("data: ").unwrap().to_owned()));
            }
            if !self.read_chunk() {
                assert_eq!(self.rest, "");
                return None;
            }
        }
    }

    /// The next answer.
    fn answer(&mut self) -> Value {
        let (name, data) = self.next().expect("the stream has ended");
        assert_eq!(name, "next", "{data}");
        serde_json::from_str(&data).unwrap()
    }

    /// The next change.
    fn change(&mut self) -> Value {
        let mut answer = self.answer();
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        answer["data"]["sessionChanges"].take()
    }

    /// The numbers of the sessions of the next changes.
    fn numbers(&mut self, count: usize) -> Vec<u32> {
        (0..count).map(|_| number(&self.change())).collect()
    }

    fn completes(&mut self) {
        assert_eq!(self.next(), Some(("complete".to_owned(), String::new())));
        assert_eq!(self.next(), None);
    }
}

/// The number of the session of a change.
fn number(change: &Value) -> u32 {
    change["legacyId"].as_str().unwrap_or_else(|| panic!("{change}")).parse().unwrap()
}
