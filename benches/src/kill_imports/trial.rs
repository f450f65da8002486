//! The imports that are killed, on one kind of database.

use std::{
    fmt,
    fs::File,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use benches::{
    database::Database,
    home::Home,
    kind::Kind,
    programs::{ACCOUNT, PATIENCE, Programs, make_account},
};
use tokio::{process::Child, time::timeout};

use crate::{
    Arguments,
    contents::{Contents, Difference},
};

/// How many sessions the gateway stores in a transaction.
const BATCH: usize = 500;
/// How many messages each session has, where it has a chat: few enough that a batch is full before
/// it is too long for the gateway.
const MESSAGES: usize = 12;
/// The signal that a process cannot see.
const SIGKILL: i32 = 9;

/// What is tried.
#[derive(Debug)]
pub(crate) struct Trial<'a> {
    programs: &'a Programs,
    home: &'a Home,
    kind: Kind,
    kills: usize,
    sessions: usize,
    seed: u64,
}

/// What it came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    kind: Kind,
    undisturbed: Duration,
    /// When each import was killed after its start,
    moments: Vec<Duration>,
    /// and how many sessions were stored then.
    stored: Vec<usize>,
    /// How many imports ended before they could be killed.
    ended: usize,
    expected: usize,
    found: usize,
    /// Of all imports that ended.
    difference: Difference,
}

impl<'a> Trial<'a> {
    pub(crate) fn new(
        programs: &'a Programs,
        home: &'a Home,
        kind: Kind,
        arguments: &Arguments,
        seed: u64,
    ) -> Self {
        let Arguments { kills, sessions, .. } = *arguments;
        Self { programs, home, kind, kills, sessions, seed }
    }

    pub(crate) async fn run<D: Database>(&self) -> Result<Outcome> {
        let mut random = fastrand::Rng::with_seed(self.seed);
        let export = self.home.file("export.json");
        self.programs.export(self.sessions, MESSAGES, "json", &export).await?;
        let url = self.empty("whole").await?;
        let start = Instant::now();
        self.import_all(&url, &export).await?;
        let undisturbed = start.elapsed();
        let whole = Contents::read::<D>(&url).await?;
        whole.check_counts()?;
        self.home.drop_database("whole").await?;
        let (kind, count) = (self.kind, whole.sessions());
        eprintln!("{kind}: {count} sessions, {} rows in {undisturbed:.1?}", whole.rows());

        let mut outcome = Outcome {
            kind,
            undisturbed,
            moments: Vec::new(),
            stored: Vec::new(),
            ended: 0,
            expected: whole.rows(),
            found: 0,
            difference: Difference::default(),
        };
        let mut url = self.empty("killed").await?;
        while outcome.moments.len() < self.kills {
            let moment = undisturbed.mul_f64(random.f64());
            let status = self.killed_import(&url, &export, moment).await?;
            // One state of the database, though a server may not know yet that it lost a client.
            let contents = Contents::read::<D>(&url).await?;
            contents.check_counts()?;
            contents.check_beginning_of(&whole, BATCH)?;
            let stored = contents.sessions();
            if status.signal() == Some(SIGKILL) {
                outcome.moments.push(moment);
                outcome.stored.push(stored);
                let kill = outcome.moments.len();
                eprintln!("{kind}: kill {kill} after {moment:.2?}, {stored} sessions stored");
                continue;
            }
            self.succeeded(status)?;
            outcome.ended += 1;
            outcome.add(contents.difference(&whole));
            eprintln!("{kind}: ended before {moment:.2?}, begins anew");
            self.home.drop_database("killed").await?;
            url = self.empty("killed").await?;
        }
        self.import_all(&url, &export).await?;
        let contents = Contents::read::<D>(&url).await?;
        contents.check_counts()?;
        outcome.found = contents.rows();
        outcome.add(contents.difference(&whole));
        self.home.drop_database("killed").await?;
        Ok(outcome)
    }

    /// A database in which nothing is stored but the account.
    async fn empty(&self, name: &str) -> Result<String> {
        let url = self.home.database(name).await?;
        make_account(self.programs, &url).await?;
        Ok(url)
    }

    /// Imports all that is missing.
    async fn import_all(&self, url: &str, export: &Path) -> Result<()> {
        let status = timeout(PATIENCE, self.import(url, export)?.wait()).await;
        self.succeeded(status.context("the import takes too long")??)
    }

    /// Imports for some time. Answers how that ended, by the signal or before it.
    async fn killed_import(&self, url: &str, export: &Path, time: Duration) -> Result<ExitStatus> {
        let mut import = self.import(url, export)?;
        if let Ok(ended) = timeout(time, import.wait()).await {
            return Ok(ended?);
        }
        import.start_kill()?;
        Ok(import.wait().await?)
    }

    fn import(&self, url: &str, export: &Path) -> Result<Child> {
        let export = export.to_str().context("the folder's name is no text")?;
        let mut command = self.programs.gateway(url, &["import", export, "--account", ACCOUNT]);
        command.stdout(Stdio::null()).stderr(File::create(self.log())?);
        command.spawn().context("cannot run the gateway")
    }

    fn succeeded(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            let said = std::fs::read_to_string(self.log()).unwrap_or_default();
            bail!("the import failed ({status}): {said}");
        }
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.home.file("import.log")
    }
}

impl Outcome {
    fn add(&mut self, Difference { lost, doubled }: Difference) {
        self.difference.lost += lost;
        self.difference.doubled += doubled;
    }

    /// Whether nothing was lost or doubled.
    pub(crate) fn is_good(&self) -> bool {
        self.expected == self.found && self.difference.lost == 0 && self.difference.doubled == 0
    }
}

/// A row of the table.
impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, undisturbed, moments, stored, ended, expected, found, difference } = self;
        let (least, most) = (moments.iter().min(), moments.iter().max());
        let seconds = |time: Option<&Duration>| time.map_or(0.0, Duration::as_secs_f64);
        let number = |number: Option<&usize>| number.copied().unwrap_or(0);
        write!(
            formatter,
            "| {kind} | {:.2} s | {} | {:.2}-{:.2} s | {}-{} | {ended} | {expected} | {found} | {} \
             | {} |",
            undisturbed.as_secs_f64(),
            moments.len(),
            seconds(least),
            seconds(most),
            number(stored.iter().min()),
            number(stored.iter().max()),
            difference.lost,
            difference.doubled,
        )
    }
}
