//! The imports that are killed, on one database engine.

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
    engine::Engine,
    programs::{ACCOUNT, PROGRAM_TIMEOUT, Programs, make_account},
    workspace::Workspace,
};
use tokio::time::timeout;

use crate::{
    Arguments,
    contents::{Contents, Difference},
};

/// How many sessions the gateway stores in a transaction.
const BATCH: usize = 500;
/// How many messages each session has, where it has a chat: few enough that a batch is full before
/// it is too long for the gateway.
const MESSAGES: usize = 12;
/// After so many kills an import is left alone, and the next begins on an empty database. One that
/// goes on spends its time on what is stored already, so that more kills in a row would seldom
/// meet it storing.
const IN_A_ROW: usize = 4;
/// The signal that a process cannot see.
const SIGKILL: i32 = 9;

/// What is tried.
#[derive(Debug)]
pub(crate) struct Trial<'a> {
    programs: &'a Programs,
    workspace: &'a Workspace,
    engine: Engine,
    kills: usize,
    sessions: usize,
    seed: u64,
}

/// What it came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    engine: Engine,
    undisturbed: Duration,
    /// When each import was killed after its start.
    moments: Vec<Duration>,
    /// How many sessions were stored as the next one began.
    stored: Vec<usize>,
    /// How many imports ended before they could be killed.
    ended: usize,
    /// How many imports ended in the end, and were compared.
    compared: usize,
    expected: usize,
    found: usize,
    /// Of all imports that ended.
    difference: Difference,
}

impl<'a> Trial<'a> {
    pub(crate) fn new(
        programs: &'a Programs,
        workspace: &'a Workspace,
        engine: Engine,
        arguments: &Arguments,
        seed: u64,
    ) -> Self {
        let Arguments { kills, sessions, .. } = *arguments;
        Self { programs, workspace, engine, kills, sessions, seed }
    }

    pub(crate) async fn run<D: Database>(&self) -> Result<Outcome> {
        let export = self.workspace.file("export.json");
        self.programs.export(self.sessions, MESSAGES, "json", &export).await?;
        let url = self.empty("whole").await?;
        let start = Instant::now();
        self.succeeded(self.import(&url, &export, None).await?)?;
        let undisturbed = start.elapsed();
        let whole = Contents::read::<D>(&url).await?;
        whole.check_counts()?;
        self.workspace.drop_database("whole").await?;
        eprintln!("{}: {} rows in {undisturbed:.1?}", self.engine, whole.rows());

        let mut random = fastrand::Rng::with_seed(self.seed);
        let mut outcome = Outcome::new(self.engine, undisturbed, whole.rows());
        while outcome.moments.len() < self.kills {
            let url = self.empty("killed").await?;
            self.kill_in_a_row::<D>(&url, &export, &whole, &mut random, &mut outcome).await?;
            outcome.compare(&Contents::read::<D>(&url).await?, &whole);
            self.workspace.drop_database("killed").await?;
        }
        Ok(outcome)
    }

    /// Begins imports into a database until one comes to its end.
    async fn kill_in_a_row<D: Database>(
        &self,
        url: &str,
        export: &Path,
        whole: &Contents,
        random: &mut fastrand::Rng,
        outcome: &mut Outcome,
    ) -> Result<()> {
        let before = outcome.moments.len();
        loop {
            let kills = outcome.moments.len();
            let to_kill = kills < self.kills && kills - before < IN_A_ROW;
            let moment = to_kill.then(|| outcome.undisturbed.mul_f64(random.f64()));
            let import = self.import(url, export, moment);
            let (status, stored) = tokio::try_join!(import, self.look::<D>(url, whole))?;
            if kills > before {
                outcome.stored.push(stored);
            }
            eprintln!("{}: kill {kills} left {stored} sessions; the next: {status}", self.engine);
            match moment {
                Some(moment) if status.signal() == Some(SIGKILL) => outcome.moments.push(moment),
                _ => {
                    outcome.ended += usize::from(to_kill);
                    return self.succeeded(status);
                }
            }
        }
    }

    /// A database in which nothing is stored but the account.
    async fn empty(&self, name: &str) -> Result<String> {
        let url = self.workspace.database(name).await?;
        make_account(self.programs, &url).await?;
        Ok(url)
    }

    /// Looks at what the import left that was killed last, while the next one begins already, as
    /// if somebody had waited for it. Answers how many sessions are stored.
    async fn look<D: Database>(&self, url: &str, whole: &Contents) -> Result<usize> {
        let contents = Contents::read::<D>(url).await?;
        contents.check_counts()?;
        contents.check_beginning_of(whole, BATCH)?;
        Ok(contents.sessions())
    }

    /// Imports what is missing, for some time if one is given, and answers how that ended.
    async fn import(&self, url: &str, file: &Path, time: Option<Duration>) -> Result<ExitStatus> {
        let file = file.to_str().context("the folder's name is no text")?;
        let mut command = self.programs.gateway(url, &["import", file, "--account", ACCOUNT]);
        command.stdout(Stdio::null()).stderr(File::create(self.log())?);
        let mut import = command.spawn().context("cannot run the gateway")?;
        if let Ok(ended) = timeout(time.unwrap_or(PROGRAM_TIMEOUT), import.wait()).await {
            return Ok(ended?);
        }
        import.start_kill()?;
        Ok(import.wait().await?)
    }

    fn succeeded(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            let said = std::fs::read_to_string(self.log()).unwrap_or_default();
            bail!("the import failed ({status}): {said}");
        }
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.workspace.file("import.log")
    }
}

impl Outcome {
    fn new(engine: Engine, undisturbed: Duration, expected: usize) -> Self {
        let (moments, stored) = (Vec::new(), Vec::new());
        let (ended, compared, found, difference) = (0, 0, 0, Difference::default());
        Self { engine, undisturbed, moments, stored, ended, compared, expected, found, difference }
    }

    /// Compares what an import left that ended.
    fn compare(&mut self, contents: &Contents, whole: &Contents) {
        let Difference { lost, doubled } = contents.difference(whole);
        self.difference.lost += lost;
        self.difference.doubled += doubled;
        self.found = contents.rows();
        self.compared += 1;
    }

    /// Whether nothing was lost or doubled.
    pub(crate) fn is_good(&self) -> bool {
        self.expected == self.found && self.difference.lost == 0 && self.difference.doubled == 0
    }
}

/// A row of the table.
impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, undisturbed, moments, stored, ended, compared, .. } = self;
        let Self { expected, found, difference, .. } = self;
        let (least, most) = (moments.iter().min(), moments.iter().max());
        let seconds = |time: Option<&Duration>| time.map_or(0.0, Duration::as_secs_f64);
        let number = |number: Option<&usize>| number.copied().unwrap_or(0);
        write!(
            formatter,
            "| {engine} | {:.2} | {} | {:.2}-{:.2} | {}-{} | {ended} | {compared} | {expected} | {found} \
             | {} | {} |",
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
