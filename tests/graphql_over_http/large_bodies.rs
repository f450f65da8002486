//! Bodies over the limit, from clients that send the whole body before they read the answer.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    process::{CommandEnvironment, Server},
};

/// Sends 20 MiB of spaces with Python's http.client: with a length or in chunks.
const PYTHON: &str = r#"
import http.client, sys
host, path, kind, media_type = sys.argv[1:]
block = b" " * 65536
connection = http.client.HTTPConnection(host, timeout=60)
if kind == "chunked":
    body, headers = (block for _ in range(320)), {}
else:
    body, headers = block * 320, {}
headers["Content-Type"] = media_type
connection.request("POST", path, body, headers, encode_chunked=kind == "chunked")
answer = connection.getresponse()
print(answer.status, answer.read().decode())
"#;

/// The same with the fetch of Node.js.
const NODE: &str = r#"
const [host, path, kind, mediaType] = process.argv.slice(1);
const block = new Uint8Array(65536).fill(32);
let left = 320;
const stream = new ReadableStream({
  pull(controller) {
    if (left-- > 0) controller.enqueue(block);
    else controller.close();
  },
});
const body = kind === "chunked" ? stream : new Uint8Array(65536 * 320).fill(32);
const headers = { "Content-Type": mediaType };
const answer = await fetch(`http://${host}${path}`, { method: "POST", body, headers, duplex: "half" });
console.log(answer.status, await answer.text());
"#;

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

on_sqlite_alone!(
    clients_that_send_a_far_too_large_body_can_read_the_answer,
    "no storage is involved"
);
fn clients_that_send_a_far_too_large_body_can_read_the_answer(on: DatabaseKind) {
    let server = Server::start(&CommandEnvironment::new(on), &["--legacy-status", "true"]);
    let host = server.url.strip_prefix("http://").unwrap();
    let form = "application/x-www-form-urlencoded";
    for kind in ["length", "chunked"] {
        for (path, media_type, status, text) in [
            (
                "/graphql",
                "application/json",
                "413",
                "The body has more than 16384 bytes, which is the limit of a request",
            ),
            ("/graphql", "text/plain", "415", "The body must be application/json in UTF-8"),
            ("/get_session_history.php", form, "413", "<error_msg>Invalid request.</error_msg>"),
            ("/nothing", form, "404", "There is nothing at this path."),
            ("/graphiql", form, "405", ""),
        ] {
            let python = run("python3", &["-c", PYTHON, host, path, kind, media_type]);
            let node =
                run("node", &["--input-type=module", "-e", NODE, host, path, kind, media_type]);
            for answer in [python, node] {
                assert!(
                    answer.starts_with(status) && answer.contains(text),
                    "{path} {kind}: {answer}"
                );
            }
        }
    }
}

/// Sends a head and what follows it, and reads what comes back until the connection ends.
fn exchange(host: &str, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "{head}\r\nhost: {host}\r\nconnection: close\r\n").unwrap();
    stream.write_all(b"content-type: application/json\r\n").unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

on_sqlite_alone!(a_body_with_a_too_large_content_length_is_not_requested, "no storage is involved");
fn a_body_with_a_too_large_content_length_is_not_requested(on: DatabaseKind) {
    let server = Server::start(&CommandEnvironment::new(on), &[]);
    let host = server.url.strip_prefix("http://").unwrap();
    let announced = b"content-length: 1000000000000\r\nexpect: 100-continue\r\n\r\n";
    let answer = exchange(host, "POST /graphql HTTP/1.1", announced);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    // A body of an allowed length is requested.
    let mut stream = TcpStream::connect(host).unwrap();
    let body = r#"{"query":"{__typename}"}"#;
    write!(
        stream,
        "POST /graphql HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    )
    .unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

on_sqlite_alone!(a_malformed_body_is_400, "no storage is involved");
fn a_malformed_body_is_400(on: DatabaseKind) {
    let server = Server::start(&CommandEnvironment::new(on), &[]);
    let host = server.url.strip_prefix("http://").unwrap();
    for chunks in ["zz\r\n{}\r\n0\r\n\r\n", "5\r\n{\"queryXX", "-1\r\n", "ffffffffffffffffff\r\n"] {
        let body = format!("transfer-encoding: chunked\r\n\r\n{chunks}\r\n\r\n");
        let answer = exchange(host, "POST /graphql HTTP/1.1", body.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 "), "{chunks}: {answer}");
        assert!(answer.contains("The body could not be read to its end"), "{chunks}: {answer}");
    }
}

on_sqlite_alone!(the_rest_of_a_body_is_read_up_to_a_bound, "no storage is involved");
fn the_rest_of_a_body_is_read_up_to_a_bound(on: DatabaseKind) {
    let server = Server::start(&CommandEnvironment::new(on), &[]);
    let host = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = "content-type: application/json\r\ncontent-length: 1000000000000\r\n\r\n";
    write!(stream, "POST /graphql HTTP/1.1\r\nhost: {host}\r\n{head}").unwrap();
    let block = [b' '; 65_536];
    let sent = (0..10_000).take_while(|_| stream.write_all(&block).is_ok()).count();
    // Ten thousand blocks are 625 MiB.
    assert!((512..2_000).contains(&sent), "{sent} blocks of 64 KiB were taken");
}
