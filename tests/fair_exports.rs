//! Long answers wait for each other in order, fairly by account, and never for a slow reader.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::Duration,
};

use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::support::{
    database::{DatabaseKind, on_each_database},
    process::{self, CommandEnvironment, Server},
};

/// A server with one connection for long answers, and two accounts with a history each.
struct Served {
    server: Server,
    busy: String,
    other: String,
    _environment: CommandEnvironment,
}

impl Served {
    fn start(on: DatabaseKind, flags: &[&str]) -> Self {
        let environment = CommandEnvironment::new(on);
        let notes = "n".repeat(20_000);
        let session = |id| {
            json!({
                "id": id, "date_start": "2024-01-01 00:00:00", "notes": notes,
                "chat_info": [{"date": "2024-01-01 00:00:01", "sender": "a", "text": "b"}],
            })
        };
        let history = json!({ "requests": (1..=60).map(session).collect::<Vec<_>>() });
        std::fs::write(environment.path().join("history.json"), history.to_string()).unwrap();
        let [busy, other] = ["busy", "other"].map(|account| {
            process::stdout(&environment, &["account", "create", account]);
            process::stdout(&environment, &["import", "history.json", "--account", account]);
            process::stdout(&environment, &["key", "create", "--account", account])
                .trim()
                .to_owned()
        });
        let one = ["--database-exports", "1", "--legacy-page-size", "5"];
        let server = Server::start(&environment, &[&one[..], flags].concat());
        Self { server, busy, other, _environment: environment }
    }

    /// A connection with a request, whose client takes few bytes that it has not read.
    fn ask(&self, key: &str, parameters: &str) -> TcpStream {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let address: SocketAddr = self.server.url.strip_prefix("http://").unwrap().parse().unwrap();
        socket.connect(&address.into()).unwrap();
        let mut connection = TcpStream::from(socket);
        connection.set_read_timeout(Some(Duration::from_secs(90))).unwrap();
        write!(
            connection,
            "GET /get_session_history.php?KEY={key}&VARS={parameters} HTTP/1.1\r\nhost: localhost\r\n\
             connection: close\r\n\r\n"
        )
        .unwrap();
        connection
    }
}

fn read_to_end(mut connection: TcpStream) -> String {
    let mut text = Vec::new();
    // A connection that is cut ends with an error.
    let _ = connection.read_to_end(&mut text);
    String::from_utf8(text).unwrap()
}

fn is_whole(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 200 ") && answer.contains("</requests></response>")
}

/// The values of a field of the log.
fn logged(log: &str, field: &str) -> Vec<u64> {
    let name = format!("{field}=");
    let values = log.split(&name).skip(1);
    values.map(|rest| rest.split([' ', '\n']).next().unwrap().parse().unwrap()).collect()
}

on_each_database!(
    twenty_exports_of_two_accounts_are_answered_and_that_of_the_other_account_is_next
);
fn twenty_exports_of_two_accounts_are_answered_and_that_of_the_other_account_is_next(
    on: DatabaseKind,
) {
    let served = Served::start(on, &[]);
    let mut first = served.ask(&served.busy, "ID+NOTES");
    first.read_exact(&mut [0; 1000]).unwrap();
    let mut waiting: Vec<_> =
        (0..18).map(|_| ("busy", served.ask(&served.busy, "ID+NOTES"))).collect();
    thread::sleep(Duration::from_millis(500));
    // The last one that asks.
    waiting.push(("other", served.ask(&served.other, "ID+NOTES")));
    thread::sleep(Duration::from_millis(500));
    let (sender, order) = mpsc::channel();
    for (account, connection) in waiting {
        let sender = sender.clone();
        thread::spawn(move || sender.send((account, read_to_end(connection))).unwrap());
    }
    drop(sender);
    assert!(read_to_end(first).contains("</requests></response>"));
    let answers: Vec<_> = order.iter().collect();
    assert_eq!(answers.len(), 19);
    for (account, answer) in &answers {
        assert!(is_whole(answer), "{account}: {}", &answer[..answer.len().min(300)]);
    }
    assert_eq!(answers[0].0, "other");
    // The wait of each is in its line of the log.
    let waits = logged(&served.server.stop(), "export_wait_micros");
    assert_eq!(waits.len(), 20, "{waits:?}");
    assert_eq!(waits.iter().filter(|wait| **wait > 400_000).count(), 19, "{waits:?}");
}

on_each_database!(an_answer_of_one_page_does_not_wait_for_long_answers);
fn an_answer_of_one_page_does_not_wait_for_long_answers(on: DatabaseKind) {
    let served = Served::start(on, &["--export-wait", "60"]);
    let mut long = served.ask(&served.busy, "ID+NOTES");
    long.read_exact(&mut [0; 1000]).unwrap();
    for parameters in [
        "ID&FILTER_ID=3",
        "ID+CHAT_INFO&FILTER_ID=3",
        "ID+CHAT_INFO+VIDEO_LINKS+CUSTOM_FIELD_NAME&OUTPUT_FORMAT=JSON&FILTER_ID=3",
    ] {
        let answer = read_to_end(served.ask(&served.busy, parameters));
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains('3'), "{answer}");
    }
    assert!(read_to_end(long).contains("</requests></response>"));
    let log = served.server.stop();
    assert!(log.matches("answered").count() >= 4, "{log}");
    assert_eq!(logged(&log, "export_wait_micros").len(), 1, "{log}");
}

on_each_database!(a_long_answer_waits_no_longer_than_the_limit);
fn a_long_answer_waits_no_longer_than_the_limit(on: DatabaseKind) {
    let served = Served::start(on, &["--export-wait", "1"]);
    let mut long = served.ask(&served.busy, "ID+NOTES");
    long.read_exact(&mut [0; 1000]).unwrap();
    let answer = read_to_end(served.ask(&served.other, "ID+NOTES"));
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: "), "{answer}");
    assert!(answer.contains("Service unavailable."), "{answer}");
    assert!(is_whole(&format!("HTTP/1.1 200 {}", read_to_end(long))));
    let waits = logged(&served.server.stop(), "export_wait_micros");
    assert!(waits.len() == 2 && waits.iter().any(|wait| *wait >= 1_000_000), "{waits:?}");
}

on_each_database!(a_reader_below_the_rate_is_cut_and_frees_its_connection);
fn a_reader_below_the_rate_is_cut_and_frees_its_connection(on: DatabaseKind) {
    let served = Served::start(on, &["--stall-rate", "1000000", "--stall-timeout", "2"]);
    let mut slow = served.ask(&served.busy, "ID+NOTES");
    slow.read_exact(&mut [0; 1000]).unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let reader = thread::spawn({
        let is_over = is_over.clone();
        move || {
            // 16 kB a second: it would take more than a minute, and never stops.
            while !is_over.load(Relaxed) {
                thread::sleep(Duration::from_millis(100));
                if slow.read_exact(&mut [0; 1600]).is_err() {
                    break;
                }
            }
            read_to_end(slow)
        }
    });
    assert!(is_whole(&read_to_end(served.ask(&served.busy, "ID+NOTES"))));
    is_over.store(true, Relaxed);
    assert!(!reader.join().unwrap().contains("</response>"));
    assert!(served.server.stop().contains("the caller reads too slowly"));
}
