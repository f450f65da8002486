//! Answers that have no end, or become long when they are decompressed.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use flate2::{Compression, read::GzEncoder};

use super::{proxy::read_form, source::Target};
use crate::support::database::{DatabaseKind, on_sqlite_alone};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/xml\r\n\r\n";
const START: &[u8] = b"<response><nrequests>9</nrequests><requests>";
const SESSION: &[u8] = b"<request><id>1</id><date_start>2026-01-01 00:00:00</date_start></request>";
/// Decompressed, in bytes.
const BOMB: u64 = 256 << 20;

/// A source that answers each request with what is written.
pub fn source(write: impl Fn(&str, &mut TcpStream) + Send + Sync + Copy + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/get_session_history.php", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut caller in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                if let Some(form) = read_form(&mut caller) {
                    write(&form, &mut caller);
                }
            });
        }
    });
    address
}

/// Writes the same again and again, until the caller leaves.
fn repeat(caller: &mut TcpStream, text: &[u8], pause: Duration) {
    while caller.write_all(text).is_ok() {
        thread::sleep(pause);
    }
}

/// A document with one long text.
fn bomb() -> impl Read {
    let start = &b"<response><nrequests>1</nrequests><requests><request><id>1</id><notes>"[..];
    start.chain(io::repeat(b'a').take(BOMB))
}

on_sqlite_alone!(an_answer_without_end_is_ended_and_told, "nothing is stored");
fn an_answer_without_end_is_ended_and_told(on: DatabaseKind) {
    let slowly = source(|_, caller| {
        caller.write_all(&[HEAD, START].concat()).unwrap();
        repeat(caller, b" ", Duration::from_millis(20));
    });
    let spaces = source(|_, caller| {
        caller.write_all(&[HEAD, START].concat()).unwrap();
        repeat(caller, &[b' '; 4_096], Duration::ZERO);
    });
    let sessions = source(|_, caller| {
        caller.write_all(&[HEAD, START].concat()).unwrap();
        repeat(caller, &SESSION.repeat(50), Duration::ZERO);
    });
    let head = source(|_, caller| repeat(caller, b"HTTP/1.1 200 OK\r\n", Duration::ZERO));
    let slow_head = source(|_, caller| repeat(caller, b"H", Duration::from_millis(20)));
    let gzip = source(|_, caller| {
        let _ = caller.write_all(HEAD);
        let _ = io::copy(&mut GzEncoder::new(bomb(), Compression::fast()), caller);
    });
    let zstd = source(|_, caller| {
        let _ = caller.write_all(HEAD);
        let _ = zstd::stream::copy_encode(bomb(), caller, 1);
    });
    let cut = source(|_, caller| {
        let mut compressed = Vec::new();
        let document = [START, SESSION].concat();
        GzEncoder::new(&document[..], Compression::fast()).read_to_end(&mut compressed).unwrap();
        let _ = caller.write_all(&[HEAD, &compressed[..compressed.len() / 2]].concat());
    });
    let too_long = "the answer is longer than the limit of 1000000 bytes";
    let cases = [
        (&slowly, "the answer of the source took more than 2 seconds"),
        (&spaces, too_long),
        (&sessions, too_long),
        (&head, "the answer is not whole"),
        (&slow_head, "the answer of the source took more than 2 seconds"),
        (&gzip, too_long),
        (&zstd, too_long),
        (
            &cut,
            "the answer is not whole: line 1: the document cannot be read: the gzip data is cut short",
        ),
    ];
    thread::scope(|scope| {
        for (address, told) in cases {
            scope.spawn(move || assert_told(on, address, told));
        }
    });
}

fn assert_told(on: DatabaseKind, address: &str, told: &str) {
    let target = Target::new(on);
    let flags = ["--answer-timeout", "2s", "--max-answer-bytes", "1000000", "--patience", "1s"];
    let (output, succeeded) = target.sync(address, &flags);
    assert!(!succeeded && output.contains(told), "{told}: {output}");
    let status = target.status();
    assert!(status.contains(told), "{told}: {status}");
}
