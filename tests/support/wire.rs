//! HTTP/1.1 by hand, to a server on a socket, with TLS or without: one request a connection.

use std::{
    io::{self, Read, Write},
    time::Duration,
};

use serde_json::Value;

use super::connection::{Connection, address};

/// An answer off the wire.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, whose name is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(header, _)| *header == name).map(|(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }
}

/// Sends a request to `http://HOST:PORT` or `https://HOST:PORT`, and reads the answer to its end.
pub fn send(
    server: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    let (mut reply, is_chunked) = send_raw(server, method, target, headers, body);
    if is_chunked {
        reply.body = dechunked(&reply.body);
    }
    reply
}

/// Sends a request, and returns what comes behind the head of the answer, which may be cut, and whether
/// it comes in chunks.
pub fn send_raw(
    server: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (Reply, bool) {
    try_send_raw(server, method, target, headers, body).unwrap()
}

/// Sends a request to a server that may end meanwhile.
pub fn try_send_raw(
    server: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<(Reply, bool)> {
    let address = address(server);
    let mut stream = Connection::open(server)?;
    stream.set_read_timeout(Duration::from_secs(60));
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes())?;
    // A server that has seen enough answers, and stops reading.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or_else(|| {
        io::Error::other(format!("no answer: {}", String::from_utf8_lossy(&answer)))
    })?;
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_off(end + 4);
    let is_chunked = head.to_ascii_lowercase().contains("\r\ntransfer-encoding: chunked");
    Ok((Reply { status, head, body }, is_chunked))
}

/// A body without the lengths of its chunks. It must be whole.
fn dechunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n").expect("the length of a chunk");
        let length = std::str::from_utf8(&body[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + length]);
        body = &body[end + 2 + length + 2..];
    }
}
