//! A small HTTP/1.1 client with one connection.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// The time limit of one answer.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(300);

/// A keep-alive connection.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    /// Bytes that were read and not yet used.
    buffer: Vec<u8>,
    used: usize,
}

/// The head of an answer.
struct Head {
    status: u16,
    length: Length,
}

enum Length {
    Bytes(usize),
    Chunked,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// When nothing listens.
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(256 * 1024), used: 0 })
    }

    /// Sends a request and returns the length of the body, which goes to a callback in parts.
    ///
    /// # Errors
    /// When the answer is not complete, or its status is not 200.
    pub async fn call(&mut self, request: &[u8], mut take: impl FnMut(&[u8])) -> Result<usize> {
        self.stream.write_all(request).await?;
        let head = self.head().await?;
        let mut length = 0;
        let mut counted = |part: &[u8]| {
            length += part.len();
            take(part);
        };
        match head.length {
            Length::Bytes(bytes) => self.body(bytes, &mut counted).await?,
            Length::Chunked => loop {
                let line = self.line().await?;
                let size = line.split(';').next().unwrap_or_default().trim().to_owned();
                let size = usize::from_str_radix(&size, 16).context("not a chunk")?;
                self.body(size, &mut counted).await?;
                self.line().await?;
                if size == 0 {
                    break;
                }
            },
        }
        if head.status != 200 {
            bail!("status {}", head.status);
        }
        Ok(length)
    }

    /// Sends a request and returns the body.
    ///
    /// # Errors
    /// When the answer is not complete, or its status is not 200.
    pub async fn get(&mut self, request: &[u8]) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        let called =
            timeout(ANSWER_TIMEOUT, self.call(request, |part| body.extend_from_slice(part)));
        let called = called.await.context("the answer is not complete")?;
        called.with_context(|| {
            String::from_utf8_lossy(&body).chars().take(500).collect::<String>()
        })?;
        Ok(body)
    }

    async fn head(&mut self) -> Result<Head> {
        let status = self.line().await?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.context("not an answer")?;
        let mut length = Length::Bytes(0);
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Ok(Head { status, length });
            }
            let (name, value) = line.split_once(':').context("not a header")?;
            if name.eq_ignore_ascii_case("content-length") {
                length = Length::Bytes(value.trim().parse()?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                length = Length::Chunked;
            }
        }
    }

    /// A line without its end.
    async fn line(&mut self) -> Result<String> {
        let mut searched = self.used;
        loop {
            if let Some(at) = self.buffer[searched..].iter().position(|byte| *byte == b'\n') {
                let line = &self.buffer[self.used..searched + at];
                let line = String::from_utf8_lossy(line).trim_end_matches('\r').to_owned();
                self.used = searched + at + 1;
                return Ok(line);
            }
            searched = self.buffer.len() - self.used;
            self.more().await?;
        }
    }

    async fn body(&mut self, length: usize, take: &mut impl FnMut(&[u8])) -> Result<()> {
        let mut left = length;
        while left > 0 {
            if self.used == self.buffer.len() {
                self.more().await?;
            }
            let here = left.min(self.buffer.len() - self.used);
            take(&self.buffer[self.used..self.used + here]);
            self.used += here;
            left -= here;
        }
        Ok(())
    }

    /// Reads more and drops the used bytes.
    async fn more(&mut self) -> Result<()> {
        self.buffer.drain(..self.used);
        self.used = 0;
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the connection ended");
        }
        Ok(())
    }
}
