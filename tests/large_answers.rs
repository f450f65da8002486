//! Answers of long texts: their memory is limited for one answer, an account and the process, whether
//! the caller reads them or not.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    connections::http2,
    support::{
        database::{DatabaseKind, on_each_database},
        process::{self, CommandEnvironment, Server},
        wire::{self, Reply},
    },
};

/// The maximum length of a long text, in characters.
const LONG: usize = 65_536;
/// Kilobytes of memory that the server may use in all of this.
const MAX_MEMORY: u64 = 300_000;
/// Kilobytes of address space.
const ADDRESS_SPACE: &str = "4194304";

/// A server over an account with long texts and one with a small session.
struct Served {
    server: Server,
    large: String,
    small: String,
    environment: CommandEnvironment,
}

impl Served {
    fn start(on: DatabaseKind) -> Self {
        let environment = CommandEnvironment::new(on);
        let key = |account: &str, sessions: &mut dyn Iterator<Item = Value>| {
            process::stdout(&environment, &["account", "create", account]);
            let lines: String = sessions.map(|session| format!("{session}\n")).collect();
            std::fs::write(environment.path().join("history.ndjson"), lines).unwrap();
            process::stdout(&environment, &["import", "history.ndjson", "--account", account]);
            let key = process::stdout(&environment, &["key", "create", "--account", account]);
            key.trim().to_owned()
        };
        let text = "long text;".repeat(LONG / 10);
        // The newest 200 sessions have a long description, the others a chat of long messages.
        let described = (1..=200).map(|id| {
            json!({ "id": id, "date_start": "2024-02-01 00:00:00", "problem_description": text })
        });
        let message = json!({ "date": "2024-01-01 00:00:00", "sender": "ann", "text": text });
        let chatted = (201..=212).map(|id| {
            json!({ "id": id, "date_start": "2024-01-01 00:00:00", "chat_info": vec![&message; 100] })
        });
        let large = key("large", &mut described.chain(chatted));
        let small = key("small", &mut [json!({ "id": 1, "date_start": "2024-01-01" })].into_iter());
        let serve = process::command(&environment, &["serve", "--listen", "127.0.0.1:0"]);
        let server = Server::of(limited(&serve), "GraphQL ");
        Self { server, large, small, environment }
    }

    fn ask(&self, key: &str, query: &str) -> Reply {
        let headers = [("content-type", "application/json"), ("x-api-key", key)];
        let body = json!({ "query": query }).to_string();
        wire::send(&self.server.url, "POST", "/graphql", &headers, body.as_bytes())
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.server.url.strip_prefix("http://").unwrap()).unwrap()
    }

    /// A caller of another account is answered soon.
    fn answers_others(&self) {
        let start = Instant::now();
        let answer = self.ask(&self.small, "{ sessions { nodes { legacyId } } }");
        assert_eq!(answer.text(), r#"{"data":{"sessions":{"nodes":[{"legacyId":"1"}]}}}"#);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }

    /// The peak memory of the server, in kilobytes.
    fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

/// The command with little address space.
fn limited(command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.args(["-c", r#"ulimit -v "$1" && shift && exec "$@""#, "sh", ADDRESS_SPACE]);
    limited.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        limited.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

/// A document of this many lists of 200 sessions, with this many times the description.
fn descriptions(lists: usize, times: usize) -> String {
    let fields: String = (0..times).map(|nth| format!("d{nth}: problemDescription ")).collect();
    let list = |nth| format!("s{nth}: sessions(first: 200) {{ nodes {{ {fields} }} }} ");
    format!("{{ {} }}", (0..lists).map(list).collect::<String>())
}

const CHATS: &str = "{ sessions(orderBy: STARTED_AT_ASC, first: 12) { nodes { chatMessages(first: 100) { nodes { body } } } } }";

fn code(reply: &Reply) -> String {
    let answer = reply.json();
    assert!(answer.get("data").is_none());
    answer["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned()
}

on_each_database!(large_answers_and_callers_that_do_not_read_use_little_memory);
fn large_answers_and_callers_that_do_not_read_use_little_memory(on: DatabaseKind) {
    let served = Served::start(on);
    served.answers_others();

    // 52 MB of text from 13 MB of rows.
    let answer = served.ask(&served.large, &descriptions(1, 4));
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    let nodes = answer["data"]["s0"]["nodes"].as_array().unwrap();
    let expected = "long text;".repeat(LONG / 10);
    assert_eq!(nodes.len(), 200);
    for node in nodes {
        assert!((0..4).all(|nth| node[format!("d{nth}")] == expected));
    }
    drop(answer);

    // Callers that never read, of HTTP/1 and of HTTP/2.
    let body = json!({ "query": descriptions(1, 2) }).to_string();
    let target = "/graphql?query=%7Bsessions(first:200)%7Bnodes%7Ba:problemDescription+\
        b:problemDescription%7D%7D%7D";
    let mut codes = BTreeMap::new();
    let mut count_code = |caller: &mut TcpStream| {
        let mut head = [0; 400];
        caller.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        caller.read_exact(&mut head).unwrap();
        let head = String::from_utf8_lossy(&head).into_owned();
        assert_eq!(head.contains("\r\nretry-after: "), head[9..].starts_with("429"), "{head}");
        *codes.entry(head[9..12].to_owned()).or_insert(0) += 1;
    };
    let mut unread = Vec::new();
    for nth in 0..20 {
        let mut caller = served.connect();
        let length = body.len();
        write!(
            caller,
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             x-api-key: {}\r\ncontent-length: {length}\r\n\r\n{body}",
            served.large
        )
        .unwrap();
        if nth == 0 {
            // The others come when this answer has its memory.
            count_code(&mut caller);
        }
        unread.push(caller);
    }
    let mut streams = served.connect();
    streams.write_all(&http2::opening(0)).unwrap();
    for nth in 0..100 {
        let request = http2::get_with_key(1 + 2 * nth, target, &served.large);
        streams.write_all(&request).unwrap();
    }
    unread.iter_mut().skip(1).for_each(count_code);
    // The account has room for a few of these answers; the others are refused.
    assert!(codes.get("200").is_some_and(|count| *count <= 5), "{codes:?}");
    assert!(codes.keys().all(|code| ["200", "429"].contains(&code.as_str())), "{codes:?}");
    served.answers_others();

    // The account has no memory left, which none of these needs.
    assert_eq!(code(&served.ask(&served.large, &descriptions(16, 30))), "QUERY_TOO_COMPLEX");
    drop((unread, streams));

    // The server notices that the callers have left.
    let start = Instant::now();
    let one = loop {
        let answer = served.ask(&served.large, &descriptions(1, 1));
        if answer.status == 200 {
            break answer;
        }
        assert_eq!(answer.status, 429);
        assert!(start.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(100));
    };
    assert!(one.body.len() > 200 * (LONG - 20), "{}", one.body.len());
    for refused in [&*descriptions(1, 30), &*descriptions(4, 30), CHATS] {
        let refused = served.ask(&served.large, refused);
        assert!(["QUERY_TOO_COMPLEX", "RATE_LIMITED"].contains(&&*code(&refused)));
        served.answers_others();
    }
    assert_eq!(code(&served.ask(&served.large, &descriptions(1, 30))), "QUERY_TOO_COMPLEX");
    assert_eq!(code(&served.ask(&served.large, CHATS)), "QUERY_TOO_COMPLEX");

    // The legacy URL answers everything, in smaller pages.
    let path = format!(
        "/get_session_history.php?KEY={}&VARS=ID+PROBLEM_DESCRIPTION+CHAT_INFO",
        served.large
    );
    let mut export = served.connect();
    export.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(export, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let (mut length, mut last, mut part) = (0, Vec::new(), vec![0; 1 << 16]);
    loop {
        let count = export.read(&mut part).unwrap();
        if count == 0 {
            break;
        }
        length += count;
        last.extend_from_slice(&part[..count]);
        let start = last.len().saturating_sub(100);
        last.drain(..start);
    }
    let end = String::from_utf8_lossy(&last).into_owned();
    assert!(end.contains("</requests></response>") && end.ends_with("0\r\n\r\n"), "{end}");
    assert!(length > 1_400 * (LONG - 20), "{length}");
    served.answers_others();

    let peak = served.peak_memory();
    assert!(peak < MAX_MEMORY, "{peak} kB");
    drop(served.environment);
}
