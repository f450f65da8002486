//! Requests pages of sessions from a gateway for some time, and prints how many requests failed and
//! the longest time without an answer: what callers see while a database goes away.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::Parser;
use http::{Caller, Failure};
use tokio::io::AsyncWriteExt;

mod http;

/// The request of each caller.
const QUERY: &str = r#"{"query":"{ sessions(first: 20) { nodes { legacyId customer { name } technician { name } chatMessages(first: 5) { nodes { body } } } } }"}"#;

/// The arguments.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// Host and port of the gateway.
    #[arg(long)]
    gateway: String,
    /// Key of an account with sessions.
    #[arg(long)]
    key: String,
    /// Duration in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Number of concurrent callers.
    #[arg(long, default_value_t = 4)]
    callers: u32,
    /// Pause of a caller after an answer, in milliseconds.
    #[arg(long, default_value_t = 5)]
    pause: u64,
}

/// The answers.
struct Tally {
    sent: u64,
    failed: u64,
    kinds: BTreeMap<String, u64>,
    last_success: Instant,
    longest_gap: Duration,
    slowest: Duration,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let tally = Arc::new(Mutex::new(Tally {
        sent: 0,
        failed: 0,
        kinds: BTreeMap::new(),
        last_success: begun,
        longest_gap: Duration::ZERO,
        slowest: Duration::ZERO,
    }));
    let until = begun + Duration::from_secs(arguments.seconds);
    let callers = (0..arguments.callers).map(|_| {
        let (arguments, tally) = (arguments.clone(), tally.clone());
        tokio::spawn(async move { call(&arguments, until, &tally).await })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await?;
    }
    let line = tally.lock().unwrap_or_else(PoisonError::into_inner).line();
    tokio::io::stdout().write_all(line.as_bytes()).await?;
    Ok(())
}

impl Tally {
    fn line(&self) -> String {
        let Self { sent, failed, kinds, .. } = self;
        let gap = self.longest_gap.max(self.last_success.elapsed()).as_millis();
        let slowest = self.slowest.as_millis();
        format!(
            "sent {sent}, failed {failed} {kinds:?}, longest gap between answers {gap} ms, \
             slowest answer {slowest} ms\n"
        )
    }

    fn count(&mut self, took: Duration, answer: &Result<(), Failure>) {
        self.sent += 1;
        self.slowest = self.slowest.max(took);
        if let Err(failure) = answer {
            self.failed += 1;
            *self.kinds.entry(failure.to_string()).or_default() += 1;
            return;
        }
        self.longest_gap = self.longest_gap.max(self.last_success.elapsed());
        self.last_success = Instant::now();
    }
}

/// Sends requests until the time is over.
async fn call(arguments: &Arguments, until: Instant, tally: &Mutex<Tally>) {
    let mut caller = Caller::new(&arguments.gateway, &arguments.key);
    while Instant::now() < until {
        let asked = Instant::now();
        let answer = ask(&mut caller).await;
        tally.lock().unwrap_or_else(PoisonError::into_inner).count(asked.elapsed(), &answer);
        tokio::time::sleep(Duration::from_millis(arguments.pause)).await;
    }
}

/// Sends one request and checks the answer.
async fn ask(caller: &mut Caller) -> Result<(), Failure> {
    let text = caller.ask(QUERY).await?;
    if text.contains("\"errors\"") || !text.contains("legacyId") {
        return Err("an answer with errors".into());
    }
    Ok(())
}
