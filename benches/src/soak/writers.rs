//! Writers, which record, change and remove sessions of their own. The model has what was acknowledged.

use std::{ops::Range, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use benches::programs::{Programs, succeed};
use fastrand::Rng;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

use crate::{
    account::{Account, Caller},
    content::Content,
    model::Stored,
};

const RECORD: &str = "mutation($sessions: [SessionInput!]!) {
    recordSessions(sessions: $sessions) { results { outcome problem } } }";
const DELETE: &str = "mutation($ids: [ID!]!) {
    deleteSessions(filter: { legacyId: { in: $ids } }, dryRun: false) { matched removed } }";
const ANONYMIZE: &str = "mutation($ids: [ID!]!) {
    anonymizeSessions(filter: { legacyId: { in: $ids } }, dryRun: false) { matched removed } }";

/// The numbers of a writer.
const NUMBERS: i64 = 1_000_000;
/// How often a change is sent again before the run fails.
const TRIES: usize = 30;
/// A writer removes more than it adds while it has more sessions.
const MANY: usize = 8_000;

/// A writer of an account. No other writer changes the sessions of its numbers.
#[derive(Debug)]
pub(crate) struct Writer {
    account: Arc<Account>,
    caller: Caller,
    random: Rng,
    first: i64,
    next: i64,
}

/// Imports of the gateway's command.
#[derive(Debug)]
pub(crate) struct Imports {
    pub(crate) programs: Arc<Programs>,
    /// The URL of the database.
    pub(crate) url: String,
    /// Where the documents are.
    pub(crate) folder: PathBuf,
    /// The sessions of the first import.
    pub(crate) at_first: usize,
    /// The new sessions, and the changed ones, of an import.
    pub(crate) sessions: usize,
    pub(crate) pause: Duration,
}

impl Writer {
    /// The `nth` writer of an account.
    pub(crate) fn new(account: Arc<Account>, nth: i64, random: Rng) -> Self {
        let caller = Caller::new(account.run.address);
        let first = nth * NUMBERS + 1;
        Self { account, caller, random, first, next: first }
    }

    /// Records, changes and removes sessions, with pauses of this time on average.
    pub(crate) async fn record(mut self, pause: Duration) -> Result<()> {
        while !self.account.run.is_over() {
            sleep(pause.mul_f64(2.0 * self.random.f64())).await;
            match self.random.usize(..10) {
                0 => self.remove().await?,
                _ => self.record_some().await?,
            }
        }
        Ok(())
    }

    /// Imports documents with new and changed sessions, and removes some of them.
    pub(crate) async fn import(mut self, imports: Imports) -> Result<()> {
        self.import_once(&imports, imports.at_first).await?;
        while !self.account.run.is_over() {
            self.import_once(&imports, imports.sessions).await?;
            sleep(imports.pause.mul_f64(2.0 * self.random.f64())).await;
            self.remove().await?;
        }
        Ok(())
    }

    async fn record_some(&mut self) -> Result<()> {
        let (new, changed) = (self.random.usize(1..8), self.random.usize(..8));
        let sessions = self.next_contents(new, changed);
        let inputs: Vec<_> = sessions.iter().map(|it| it.input()).collect();
        let data = self.change(RECORD, &json!({ "sessions": inputs })).await?;
        let results = data["recordSessions"]["results"].as_array().context("no results")?;
        for result in results {
            ensure!(result["outcome"] != "REJECTED", "a session was rejected: {result}");
        }
        self.acknowledge(&sessions);
        Ok(())
    }

    async fn import_once(&mut self, imports: &Imports, sessions: usize) -> Result<()> {
        let Imports { programs, url, folder, .. } = imports;
        let contents = self.next_contents(sessions, sessions);
        let records: Vec<_> = contents.iter().map(|it| it.record()).collect();
        let document = json!({ "nrequests": records.len(), "requests": records });
        let file = folder.join(format!("{}.json", self.account.name));
        std::fs::write(&file, document.to_string())?;
        let path = file.to_str().context("the folder's name is no text")?;
        let arguments = ["import", path, "--account", self.account.name];
        let said = succeed(&mut programs.gateway(url, &arguments)).await?;
        ensure!(said.contains("rejected 0"), "an import: {said}");
        self.account.run.meter.answered(None);
        self.acknowledge(&contents);
        Ok(())
    }

    /// Deletes or anonymizes some sessions.
    async fn remove(&mut self) -> Result<()> {
        let stored = self.account.model().range(self.numbers()).count();
        let count = if stored > MANY { stored - MANY } else { 5 };
        let ids: Vec<_> =
            (0..count.min(200)).filter_map(|_| self.some_own()).map(|it| it.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let texts: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let is_deletion = stored > MANY || self.random.bool();
        let mutation = if is_deletion { DELETE } else { ANONYMIZE };
        self.change(mutation, &json!({ "ids": texts })).await?;
        let mut model = self.account.model();
        for id in ids {
            if is_deletion {
                model.remove(&id);
            } else if let Some(stored) = model.get_mut(&id) {
                stored.is_anonymized = true;
            }
        }
        Ok(())
    }

    /// Sends a change until it is answered without an error.
    async fn change(&mut self, mutation: &str, variables: &Value) -> Result<Value> {
        let Self { account, caller, random, .. } = self;
        let request = account.graphql("application/json", mutation, variables);
        if random.usize(..10) == 0 {
            // The change is made, or it is not. It is sent again below.
            let mut stream = TcpStream::connect(account.run.address).await?;
            stream.write_all(&request).await?;
            sleep(Duration::from_millis(random.u64(..30))).await;
            account.run.meter.provoked();
        }
        let mut tries = 0;
        loop {
            match caller.data(&request).await {
                Ok(data) => {
                    account.run.meter.answered(None);
                    return Ok(data);
                }
                Err(error) if tries == TRIES => return Err(error),
                Err(error) => account.run.meter.failed("change", &error),
            }
            tries += 1;
            sleep(Duration::from_secs(1)).await;
        }
    }

    /// New sessions, and later versions of stored ones.
    fn next_contents(&mut self, new: usize, changed: usize) -> Vec<Content> {
        let mut contents: Vec<Content> = Vec::new();
        for _ in 0..changed {
            if let Some(Content { id, version }) = self.some_own()
                && !contents.iter().any(|it| it.id == id)
            {
                contents.push(Content { id, version: version + 1 });
            }
        }
        for _ in 0..new {
            contents.push(Content { id: self.next, version: 0 });
            self.next += 1;
        }
        contents
    }

    fn acknowledge(&self, contents: &[Content]) {
        let mut model = self.account.model();
        for Content { id, version } in contents {
            model.insert(*id, Stored { version: *version, is_anonymized: false });
        }
    }

    fn numbers(&self) -> Range<i64> {
        self.first..self.first + NUMBERS
    }

    /// A random session of this writer that is not anonymized.
    fn some_own(&mut self) -> Option<Content> {
        let from = self.random.i64(self.first..=self.next);
        let model = self.account.model();
        let mut own = model.range(from..self.first + NUMBERS).chain(model.range(self.first..from));
        let (id, stored) = own.find(|(_, stored)| !stored.is_anonymized)?;
        Some(Content { id: *id, version: stored.version })
    }
}
