//! `session-history import`.

use std::{
    fs::File,
    io::{BufReader, IsTerminal, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::mpsc;

use super::{Done, Failure, clock, describe, open, print, say};
use crate::{
    config::Database,
    domain::session::StartMethod,
    ingest::{
        problem::{Reason, Rejection, Taken},
        reader::{self, Entry, Format, Reader},
        rejects::Rejects,
        writer::{Outcome, Writer},
    },
};

/// The most sessions of one transaction.
const BATCH_SESSIONS: usize = 500;
/// The most of their text in it, in bytes.
const BATCH_BYTES: usize = 4 << 20;
/// The exit code where some sessions were rejected and all others are in.
const SOME_REJECTED: u8 = 3;

/// What to import.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Legacy documents in XML or JSON; '-' is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The account that the sessions belong to. It must exist.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// How a session began whose record does not say it: applet or agent.
    #[arg(long, value_name = "METHOD", default_value = "applet", value_parser = start_method)]
    start_method: StartMethod,
}

fn start_method(text: &str) -> Result<StartMethod, &'static str> {
    text.parse().map_err(|_| "neither applet nor agent")
}

/// How many sessions went which way.
#[derive(Debug, Default)]
struct Tally {
    new: u64,
    changed: u64,
    unchanged: u64,
    rejected: u64,
}

/// What the reading thread hands over.
enum Message {
    Opened(Format),
    Batch(Vec<Entry>),
    End { announced: Option<u64>, seen: u64 },
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    let store = open(database, false).await?;
    let account = store.account(&arguments.account).await?;
    let writer = Writer { store, account, start_method: arguments.start_method, clock: clock() };
    let mut tally = Tally::default();
    let mut failed = false;
    for file in &arguments.files {
        if let Err(failure) = import(&writer, file, &mut tally).await {
            say(&format!("error: {}: {}", file.display(), describe(&*failure)));
            failed = true;
        }
    }
    let Tally { new, changed, unchanged, rejected } = tally;
    print(&format!("new {new}, changed {changed}, unchanged {unchanged}, rejected {rejected}\n"))?;
    Ok(match (failed, rejected) {
        (true, _) => ExitCode::FAILURE,
        (false, 0) => ExitCode::SUCCESS,
        (false, _) => ExitCode::from(SOME_REJECTED),
    })
}

async fn import(writer: &Writer, file: &Path, tally: &mut Tally) -> Result<(), Failure> {
    let (sender, mut batches) = mpsc::channel(1);
    let input = open_input(file)?;
    // Reading and parsing have a thread of their own, beside the writing.
    let reading = tokio::task::spawn_blocking(move || read(input, &sender));
    let mut rejects = None;
    while let Some(message) = batches.recv().await {
        match message {
            Message::Opened(format) => {
                let path = rejects_path(file, format);
                rejects = Some((Rejects::new(path.clone(), format), path));
            }
            Message::Batch(entries) => {
                let (taken, rejected) = split(entries);
                let rejected = write(writer, taken, rejected, tally).await?;
                let Some((rejects, _)) = &mut rejects else { continue };
                for rejection in rejected {
                    tally.rejected += 1;
                    say(&format!("{}: {rejection}", file.display()));
                    rejects.push(&rejection)?;
                }
            }
            Message::End { announced, seen } => {
                if let Some(announced) = announced.filter(|announced| *announced != seen) {
                    let file = file.display();
                    say(&format!(
                        "warning: {file} announces {announced} sessions and holds {seen}"
                    ));
                }
            }
        }
    }
    if let Some((rejects, path)) = rejects
        && rejects.count() > 0
    {
        say(&format!("{} rejected sessions are in {}", rejects.count(), path.display()));
    }
    reading.await?
}

fn split(entries: Vec<Entry>) -> (Vec<Taken>, Vec<Rejection>) {
    let (mut taken, mut rejected) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Taken(one) => taken.push(*one),
            Entry::Rejected(one) => rejected.push(one),
        }
    }
    (taken, rejected)
}

/// Writes what was taken, and adds to the rejected what the store could not take.
async fn write(
    writer: &Writer,
    taken: Vec<Taken>,
    mut rejected: Vec<Rejection>,
    tally: &mut Tally,
) -> Result<Vec<Rejection>, Failure> {
    let records: Vec<_> = taken.iter().map(|one| &one.record).collect();
    let outcomes = writer.write(&records).await?;
    let none_was_new = tally.new == 0;
    for (one, outcome) in taken.into_iter().zip(outcomes) {
        match outcome {
            Outcome::New => tally.new += 1,
            Outcome::Changed => tally.changed += 1,
            Outcome::Unchanged => tally.unchanged += 1,
            Outcome::Rejected(reason) => rejected.push(one.reject(Reason::Other(reason))),
        }
    }
    // Once: what follows will look like the first that was stored.
    if none_was_new && tally.new > 0 {
        writer.store.analyze().await?;
    }
    rejected.sort_by_key(|rejection| rejection.place.ordinal);
    Ok(rejected)
}

/// Reads a document to its end, unless nobody takes the batches any more.
fn read(input: Box<dyn Read + Send>, sender: &mpsc::Sender<Message>) -> Result<(), Failure> {
    let mut reader = reader::open(BufReader::with_capacity(1 << 18, input))?;
    if sender.blocking_send(Message::Opened(reader.format())).is_err() {
        return Ok(());
    }
    loop {
        let (batch, end) = next_batch(&mut reader);
        if !batch.is_empty() && sender.blocking_send(Message::Batch(batch)).is_err() {
            return Ok(());
        }
        if let Some(end) = end {
            let (announced, seen) = (reader.announced(), reader.seen());
            // Nobody to hear it means that writing failed, which is reported there.
            let _ = sender.blocking_send(Message::End { announced, seen });
            return end;
        }
    }
}

/// The next sessions, and how the document ended if it did.
fn next_batch(reader: &mut Reader<'_>) -> (Vec<Entry>, Option<Result<(), Failure>>) {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < BATCH_SESSIONS && bytes < BATCH_BYTES {
        match reader.next() {
            None => return (batch, Some(Ok(()))),
            Some(Err(fatal)) => return (batch, Some(Err(fatal.into()))),
            Some(Ok(entry)) => {
                bytes += match &entry {
                    Entry::Taken(taken) => taken.raw.len(),
                    Entry::Rejected(rejection) => rejection.raw.len(),
                };
                batch.push(entry);
            }
        }
    }
    (batch, None)
}

/// A file or standard input, with progress on a terminal.
fn open_input(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let file = File::open(path)?;
    if !std::io::stderr().is_terminal() {
        return Ok(Box::new(file));
    }
    let style = "{wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
    let progress =
        ProgressBar::new(file.metadata()?.len()).with_style(ProgressStyle::with_template(style)?);
    Ok(Box::new(progress.wrap_read(file)))
}

/// Where the rejected sessions of a file go: beside it.
fn rejects_path(file: &Path, format: Format) -> PathBuf {
    let ending = match format {
        Format::Xml => "rejects.xml",
        Format::Json => "rejects.json",
    };
    let name = if file == Path::new("-") { Path::new("stdin") } else { file };
    let mut path = name.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}
