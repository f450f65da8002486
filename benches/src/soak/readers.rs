//! Readers of pages and exports, readers that hang up, and slow ones.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{
    account::{Account, Caller},
    requests::{Kind, NDJSON, all_sessions},
};

/// Sends requests of all kinds, with pauses of this time on average.
pub(crate) async fn read(accounts: Vec<Arc<Account>>, pause: Duration, mut random: Rng) {
    let run = accounts[0].run.clone();
    let mut caller = Caller::new(run.address);
    let mut cursors: HashMap<String, Value> = HashMap::new();
    while !run.is_over() {
        sleep(pause.mul_f64(2.0 * random.f64())).await;
        let account = &accounts[random.usize(..accounts.len())];
        let kind = Kind::random(&mut random);
        let cursor = cursors.entry(format!("{}{kind:?}", account.name)).or_default();
        // A cursor is valid with any filter. Some lists begin anew.
        if random.usize(..20) == 0 {
            *cursor = Value::Null;
        }
        let request = kind.request(account, cursor, &mut random);
        let start = Instant::now();
        let checked = caller.body(&request.bytes).await.and_then(|body| request.check(&body));
        match checked {
            Ok(next) => {
                *cursor = next;
                run.meter.answered(kind.is_page().then(|| start.elapsed()));
            }
            // A refusal can have a status of its own.
            Err(error) if kind == Kind::Refused && is_refusal(&error) => {}
            Err(error) => {
                run.meter.failed(&format!("{kind:?}"), &error);
                continue;
            }
        }
        if kind == Kind::Refused {
            run.meter.provoked();
        }
    }
}

fn is_refusal(error: &anyhow::Error) -> bool {
    format!("{error:#}").contains("status 400")
}

/// Sends requests, or parts of them, reads a part of the answer, and hangs up.
pub(crate) async fn hang_up(accounts: Vec<Arc<Account>>, pause: Duration, mut random: Rng) {
    let run = accounts[0].run.clone();
    while !run.is_over() {
        sleep(pause.mul_f64(2.0 * random.f64())).await;
        let account = &accounts[random.usize(..accounts.len())];
        let request = match random.usize(..4) {
            0 => account.graphql(NDJSON, &all_sessions(), &json!({})),
            _ => Kind::random(&mut random).request(account, &Value::Null, &mut random).bytes,
        };
        let sent = match random.usize(..5) {
            0 => random.usize(..request.len()),
            _ => request.len(),
        };
        let bytes = [0, 1, 1_000, 200_000][random.usize(..4)];
        match part_of(account, &request[..sent], bytes).await {
            Ok(()) => run.meter.provoked(),
            Err(error) => run.meter.failed("hang-up", &error),
        }
    }
}

async fn part_of(account: &Account, request: &[u8], bytes: usize) -> Result<()> {
    let mut stream = TcpStream::connect(account.run.address).await?;
    stream.write_all(request).await?;
    let mut read = 0;
    let mut buffer = vec![0; 16_384];
    while read < bytes {
        // An answer to a part of a request never comes, and a short answer has ended.
        match timeout(Duration::from_millis(500), stream.read(&mut buffer)).await {
            Ok(Ok(length @ 1..)) => read += length,
            _ => break,
        }
    }
    Ok(())
}

/// Reads all sessions, a little at a time. The answer must be complete.
pub(crate) async fn read_slowly(accounts: Vec<Arc<Account>>, mut random: Rng) {
    let run = accounts[0].run.clone();
    while !run.is_over() {
        let account = &accounts[random.usize(..accounts.len())];
        match slow_answer(account).await {
            Ok(true) => run.meter.answered(None),
            Ok(false) => {}
            Err(error) => run.meter.failed("slow reader", &error),
        }
        sleep(Duration::from_secs(random.u64(1..20))).await;
    }
}

/// Whether the answer was read before the end of the load.
async fn slow_answer(account: &Account) -> Result<bool> {
    let mut stream = request_all(account).await?;
    let (mut buffer, mut end) = (vec![0; 32_768], Vec::new());
    while !account.run.is_over() {
        let length = stream.read(&mut buffer).await.context("reading")?;
        ensure!(length > 0, "the answer was cut: {}", String::from_utf8_lossy(&end));
        end.extend_from_slice(&buffer[..length]);
        end.drain(..end.len().saturating_sub(200));
        // Of the last line.
        if String::from_utf8_lossy(&end).contains("{\"complete\":true,") {
            return Ok(true);
        }
        sleep(Duration::from_millis(40)).await;
    }
    Ok(false)
}

/// Begins to read all sessions, and then reads nothing, until the gateway or the reader hangs up.
pub(crate) async fn stall(accounts: Vec<Arc<Account>>, mut random: Rng) {
    let run = accounts[0].run.clone();
    while !run.is_over() {
        let account = &accounts[random.usize(..accounts.len())];
        // More than the time after which the gateway gives up a reader, or less.
        let seconds = random.u64(5..90);
        match stalled(account, seconds).await {
            Ok(()) => run.meter.provoked(),
            Err(error) => run.meter.failed("stalled reader", &error),
        }
    }
}

async fn stalled(account: &Account, seconds: u64) -> Result<()> {
    let mut stream = request_all(account).await?;
    let mut buffer = vec![0; 65_536];
    ensure!(stream.read(&mut buffer).await? > 0, "no answer");
    for _ in 0..seconds {
        if account.run.is_over() {
            break;
        }
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

async fn request_all(account: &Account) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(account.run.address).await?;
    stream.write_all(&account.graphql(NDJSON, &all_sessions(), &json!({}))).await?;
    Ok(stream)
}
