//! `session-history import`.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Args;

use super::{
    database::open,
    legacy_profile,
    output::{Done, Failure, SOME_REJECTED, describe, notice, print},
    progress::Progress,
};
use crate::{
    config::{Database, LegacyShape},
    domain::{
        audit::{AuditAction, AuditSource, NewAuditEvent},
        session::StartMethod,
        time::Clock,
    },
    history::writer::{Writer, WriterAudit},
    ingest::{
        format::Format,
        pipeline::{self, ImportObserver, Warning},
        problem::Rejection,
        rejects::Rejects,
        style::DocumentStyle,
        tally::Tally,
    },
};
mod rejects_path;

/// How often an import reports that it still runs, where no terminal shows its progress.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// What to import.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Legacy documents in XML or JSON, also compressed by gzip or zstd; '-' is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The account that the sessions belong to. It must exist.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// The start method of sessions whose record has none: applet or agent.
    #[arg(long, value_name = "METHOD", default_value = "applet", value_parser = start_method)]
    start_method: StartMethod,
    /// The file for rejected records [default: FILE.rejects.xml or .json, beside FILE or in the
    /// current folder]. It needs a single FILE.
    #[arg(long, value_name = "PATH")]
    rejects: Option<PathBuf>,
    /// Store sessions again that were deleted or anonymized. Without this flag, their records are rejected.
    #[arg(long)]
    restore_deleted: bool,
    #[command(flatten)]
    legacy: LegacyShape,
}

fn start_method(text: &str) -> Result<StartMethod, &'static str> {
    text.parse().map_err(|_| "neither applet nor agent")
}

pub(super) async fn run(database: &Database, arguments: Arguments) -> Done {
    let Arguments { files, account, start_method, rejects, restore_deleted, legacy } = arguments;
    if let Some(rejects) = &rejects {
        check_rejects(rejects, &files)?;
    }
    let style = Arc::new(legacy_profile::document_style(&legacy_profile::load(&legacy.profile)?));
    let store = open(database, false).await?;
    store.expect_many_writes().await?;
    let account = store.account(&account).await?;
    let (clock, restore_removed) = (Clock::system(), restore_deleted);
    let event = NewAuditEvent::new(AuditSource::Command, AuditAction::Import);
    let event = store.begin_event(account, &event, clock.now()).await?;
    let audit = WriterAudit::Event(event);
    let writer = Writer { store, account, start_method, restore_removed, audit, clock };
    let (mut tally, mut failed, mut used) = (Tally::default(), false, Vec::new());
    for file in &files {
        let paths = rejects.clone().map(|path| vec![path]);
        if let Err(failure) = import(&writer, file, &style, paths, &mut used, &mut tally).await {
            notice(&format!("error: {}: {}", file.display(), describe(&*failure)));
            failed = true;
        }
    }
    let Tally { new, changed, unchanged, rejected } = tally;
    print(&format!("new {new}, changed {changed}, unchanged {unchanged}, rejected {rejected}\n"))?;
    let read = new + changed + unchanged + rejected;
    if let Err(failure) = writer.store.end_event(account, event, Some(read), clock.now()).await {
        notice(&format!("error: the audit lacks the end of the import: {}", describe(&failure)));
        failed = true;
    }
    Ok(match (failed, rejected) {
        (true, _) => ExitCode::FAILURE,
        (false, 0) => ExitCode::SUCCESS,
        (false, _) => ExitCode::from(SOME_REJECTED),
    })
}

/// Refuses a rejects file for several documents, whose formats may differ, and one that is the
/// document itself.
fn check_rejects(rejects: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    let [file] = files else { return Err("--rejects needs a single FILE".into()) };
    match (fs::canonicalize(rejects), fs::canonicalize(file)) {
        (Ok(rejects), Ok(file)) if rejects == file => {
            Err("--rejects names the document itself".into())
        }
        _ => Ok(()),
    }
}

async fn import(
    writer: &Writer,
    file: &Path,
    style: &Arc<DocumentStyle>,
    rejects: Option<Vec<PathBuf>>,
    used: &mut Vec<PathBuf>,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let (input, length): (Box<dyn Read + Send>, _) = match file == Path::new("-") {
        true => (Box::new(io::stdin()), None),
        false => {
            let input = File::open(file)?;
            let metadata = input.metadata()?;
            (Box::new(input), metadata.is_file().then_some(metadata.len()))
        }
    };
    let progress = Progress::new(length)?;
    let input = progress.wrap(input);
    let mut report =
        Report { file, progress, paths: rejects, used, rejects: None, in_file: 0, elsewhere: 0 };
    let imported =
        pipeline::import(writer, input, style, REPORT_INTERVAL, tally, &mut report).await;
    report.finish();
    Ok(imported?)
}

/// The report of an import on standard error.
struct Report<'a> {
    file: &'a Path,
    progress: Progress,
    /// The paths for the rejects file, where the command line names one.
    paths: Option<Vec<PathBuf>>,
    /// The rejects files of the documents before.
    used: &'a mut Vec<PathBuf>,
    rejects: Option<Rejects>,
    in_file: u64,
    elsewhere: u64,
}

impl Report<'_> {
    fn notice(&self, text: &str) {
        self.progress.suspend(|| notice(text));
    }

    fn finish(self) {
        self.progress.finish();
        if self.elsewhere > 0 {
            notice(&format!("{} rejected sessions are shown above, in no file", self.elsewhere));
        }
        if let Some(path) = self.rejects.as_ref().and_then(Rejects::path) {
            notice(&format!("{} rejected sessions are in {}", self.in_file, path.display()));
            self.used.push(path.to_owned());
        }
    }
}

impl ImportObserver for Report<'_> {
    fn opened(&mut self, format: Format) {
        let paths = self.paths.take();
        let paths = paths.unwrap_or_else(|| rejects_path::all(self.file, format, self.used));
        self.rejects = Some(Rejects::new(paths, format));
    }

    fn rejected(&mut self, rejection: &Rejection) {
        self.notice(&format!("{}: {rejection}", self.file.display()));
        let Some(rejects) = &mut self.rejects else { return };
        let pushed = rejects.push(rejection);
        for (path, error) in pushed.unwritable {
            let path = path.display();
            self.notice(&format!("warning: cannot write the rejects file {path}: {error}"));
        }
        if pushed.in_file {
            self.in_file += 1;
        } else {
            self.elsewhere += 1;
            self.notice(&rejection.raw);
        }
    }

    fn warned(&mut self, warning: Warning) {
        self.notice(&format!("warning: {}: {warning}", self.file.display()));
    }

    fn running(&mut self, tally: &Tally) {
        let Some(read) = self.progress.line() else { return };
        let Tally { new, changed, unchanged, rejected } = tally;
        notice(&format!(
            "{}: {read}; so far new {new}, changed {changed}, unchanged {unchanged}, rejected {rejected}",
            self.file.display()
        ));
    }
}
