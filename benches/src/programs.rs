//! The programs under test and their commands.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::{process::Command, time::timeout};

/// The name of the account in every database.
pub const ACCOUNT: &str = "bench";
/// The time limit of a command that ends by itself.
pub const PROGRAM_TIMEOUT: Duration = Duration::from_secs(1_800);

/// Where the programs are.
#[derive(Debug)]
pub struct Programs {
    gateway: PathBuf,
    baseline: PathBuf,
    make_export: PathBuf,
}

impl Programs {
    /// Finds the programs in the folder of this program.
    ///
    /// # Errors
    /// When one is missing.
    pub fn find(gateway: Option<&Path>) -> Result<Self> {
        let own = std::env::current_exe()?;
        let folder = own.parent().context("this program is in no folder")?;
        let programs = Self {
            gateway: gateway.map_or_else(|| folder.join("session-history"), Path::to_owned),
            baseline: folder.join("baseline"),
            make_export: folder.join("examples/make_export"),
        };
        // The baseline is built with this program.
        for program in [&programs.gateway, &programs.make_export] {
            if !program.is_file() {
                bail!(
                    "{} is missing: cargo build --release --workspace --bins --example make_export",
                    program.display()
                );
            }
        }
        Ok(programs)
    }

    /// The gateway's command with arguments, on a database.
    pub fn gateway(&self, url: &str, arguments: &[&str]) -> Command {
        command(&self.gateway, url, arguments)
    }

    /// The baseline's command with arguments, on a database.
    pub fn baseline(&self, url: &str) -> Command {
        command(&self.baseline, url, &[])
    }

    /// The command of PostGraphile, a Node.js script in a folder, on a database.
    pub fn postgraphile(&self, folder: &Path, url: &str) -> Command {
        let mut command = command(Path::new("node"), url, &["server.mjs"]);
        command.current_dir(folder).env("NODE_ENV", "production");
        command.env("GRAPHILE_ENV", "production");
        command
    }

    /// Writes an export to a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn export(
        &self,
        sessions: usize,
        messages: usize,
        format: &str,
        to: &Path,
    ) -> Result<()> {
        let (sessions, messages) = (sessions.to_string(), messages.to_string());
        let mut command = Command::new(&self.make_export);
        command.args(["--sessions", &sessions, "--messages", &messages, "--format", format]);
        command.stdout(File::create(to)?).stderr(Stdio::piped());
        let run = command.kill_on_drop(true).spawn().context("cannot make an export")?;
        let output = timeout(PROGRAM_TIMEOUT, run.wait_with_output()).await??;
        anyhow::ensure!(output.status.success(), "making an export failed: {}", output.status);
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "the variables are removed")]
fn command(program: &Path, url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env("DATABASE_URL", url).stdin(Stdio::null()).kill_on_drop(true);
    // The gateway is measured with its defaults.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SESSION_HISTORY_") {
            command.env_remove(name);
        }
    }
    command
}

/// Creates the schema and the account in a new database, with these flags.
///
/// # Errors
/// When the gateway cannot.
pub async fn make_account(programs: &Programs, url: &str, flags: &[&str]) -> Result<()> {
    succeed(&mut programs.gateway(url, &["migrate", "up"])).await?;
    let create = [&["account", "create", ACCOUNT], flags].concat();
    succeed(&mut programs.gateway(url, &create)).await.map(drop)
}

/// Runs a command that must succeed, and returns its standard output.
///
/// # Errors
/// When it does not.
pub async fn succeed(command: &mut Command) -> Result<String> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = timeout(PROGRAM_TIMEOUT, command.kill_on_drop(true).output()).await;
    let output = output.with_context(|| format!("{name} takes too long"))?;
    let output = output.with_context(|| format!("cannot run {name}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed ({}): {}", output.status, said.trim());
    }
    Ok(String::from_utf8(output.stdout).unwrap_or_default())
}
