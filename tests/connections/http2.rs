//! HTTP/2 by hand: frames as a client of any kind could send them.

use std::{
    io::{Read, Write},
    time::Duration,
};

use crate::support::connection::Connection;

pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const ACK: u8 = 1;
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// A frame that was received.
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// The preface, and settings with the window of each stream.
pub fn opening(window: u32) -> Vec<u8> {
    let mut settings = vec![0, 4];
    settings.extend(window.to_be_bytes());
    [PREFACE, &frame(SETTINGS, 0, 0, &settings)].concat()
}

/// The header block of a request.
pub fn header_block(method: &str, path: &str) -> Vec<u8> {
    let mut block = vec![0x86];
    for (name_index, value) in [(2, method), (4, path), (1, "localhost")] {
        block.extend([name_index, value.len() as u8]);
        block.extend(value.bytes());
    }
    block
}

pub fn get(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &header_block("GET", path))
}

/// A request with a key. The path has at most 126 characters.
pub fn get_with_key(stream: u32, path: &str, key: &str) -> Vec<u8> {
    let block = [header_block("GET", path), header("x-api-key", key)].concat();
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &block)
}

/// The head of a request whose body is to follow.
pub fn post(stream: u32, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut block = header_block("POST", path);
    block.extend(headers.iter().flat_map(|(name, value)| header(name, value)));
    frame(HEADERS, END_HEADERS, stream, &block)
}

/// A header of at most 126 characters, which is not indexed.
fn header(name: &str, value: &str) -> Vec<u8> {
    let texts =
        [name, value].map(|it| [&[u8::try_from(it.len()).unwrap()], it.as_bytes()].concat());
    [vec![0], texts.concat()].concat()
}

/// Reads the next frame, or none at the end of the connection. Answers settings and pings.
pub fn read(connection: &mut Connection) -> Option<Frame> {
    connection.set_read_timeout(Duration::from_secs(15));
    let mut head = [0; 9];
    connection.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    connection.read_exact(&mut payload).ok()?;
    let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    let (kind, flags) = (head[3], head[4]);
    if [SETTINGS, PING].contains(&kind) && flags & ACK == 0 {
        let answer: &[u8] = if kind == PING { &payload } else { &[] };
        connection.write_all(&frame(kind, ACK, 0, answer)).ok()?;
    }
    Some(Frame { kind, flags, stream, payload })
}
