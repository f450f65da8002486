//! Killed imports on one database engine.

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

/// The number of sessions in a transaction of the gateway.
const BATCH: usize = 500;
/// The number of messages of each chat: so few that the number of sessions limits a batch, and not
/// its size.
const MESSAGES: usize = 12;
/// After this number of kills an import runs to its end, and the next one starts on an empty database.
/// An import reads the sessions that are stored already before it writes new ones, so later kills
/// would rarely hit a write.
const IN_A_ROW: usize = 4;
/// SIGKILL, which a process cannot handle.
const SIGKILL: i32 = 9;

/// The conditions of a trial.
#[derive(Debug)]
pub(crate) struct Trial<'a> {
    programs: &'a Programs,
    workspace: &'a Workspace,
    engine: Engine,
    kills: usize,
    sessions: usize,
    seed: u64,
}

/// The result of a trial.
#[derive(Debug)]
pub(crate) struct Outcome {
    engine: Engine,
    undisturbed: Duration,
    /// The time from the start to the kill of each import.
    moments: Vec<Duration>,
    /// The number of stored sessions at the start of the next import.
    stored: Vec<usize>,
    /// The number of imports that ended before their kill.
    ended: usize,
    /// The number of imports that ended and were compared.
    compared: usize,
    expected: usize,
    found: usize,
    /// The difference of all imports that ended.
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

    /// Starts imports into a database until one ends.
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
            let (status, stored) = tokio::try_join!(import, self.read_contents::<D>(url, whole))?;
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

    /// Creates a database that contains only the account.
    async fn empty(&self, name: &str) -> Result<String> {
        let url = self.workspace.database(name).await?;
        make_account(self.programs, &url, &[]).await?;
        Ok(url)
    }

    /// Checks the rows of the killed import while the next one starts. Returns the number of stored
    /// sessions.
    async fn read_contents<D: Database>(&self, url: &str, whole: &Contents) -> Result<usize> {
        let contents = Contents::read::<D>(url).await?;
        contents.check_counts()?;
        contents.check_beginning_of(whole, BATCH)?;
        Ok(contents.sessions())
    }

    /// Starts an import, kills it after a time if one is given, and returns its exit status.
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

    /// Compares the rows of an import that ended.
    fn compare(&mut self, contents: &Contents, whole: &Contents) {
        let Difference { lost, doubled } = contents.difference(whole);
        self.difference.lost += lost;
        self.difference.doubled += doubled;
        self.found = contents.rows();
        self.compared += 1;
    }

    /// Whether no row is lost or doubled.
    pub(crate) fn is_good(&self) -> bool {
        self.expected == self.found && self.difference.lost == 0 && self.difference.doubled == 0
    }
}

/// Formats a row of the table.
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
