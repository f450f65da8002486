//! A throw-away PostgreSQL server, in a folder that goes with it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

/// A running server, on a socket in its folder. Settings are the defaults, so that it syncs.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<&'static str>,
}

impl Cluster {
    /// Makes and starts a server in an existing folder.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let Some(programs) = programs() else {
            bail!(
                "PostgreSQL's server is missing; on Debian: apt-get install postgresql \
                 (or give the URL of a running one with --url)"
            );
        };
        let cluster = Self { programs, folder: folder.join("postgres"), user: unprivileged() };
        fs::create_dir(&cluster.folder)?;
        if let Some(user) = cluster.user {
            // The server runs as this user, and has to come as far as its folder.
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
            succeed(Command::new("chown").arg(user).arg(&cluster.folder))?;
        }
        let data = cluster.data();
        let data = data.to_str().context("the folder's name is no text")?;
        let make = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"];
        succeed(cluster.command("initdb").args(make))?;
        let socket = cluster.folder.display();
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{socket}'");
        let log = cluster.folder.join("log");
        let start = ["-D", data, "-w", "-t", "60", "-o", &options, "start", "-l"];
        // Its output goes to the log, since the server keeps what it is given open.
        let mut start_it = cluster.command("pg_ctl");
        start_it.args(start).arg(&log);
        start_it.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if !start_it.status().context("cannot run pg_ctl")?.success() {
            let said = fs::read_to_string(&log).unwrap_or_default();
            bail!("PostgreSQL did not start: {said}");
        }
        Ok(cluster)
    }

    /// The URL of a database.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=postgres", self.folder.display())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// One of PostgreSQL's programs, which refuse to run as root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match self.user {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", user, "--regid", user, "--clear-groups"]).arg(program);
                command
            }
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.arg("-D").arg(self.data()).args(["-m", "fast", "-w", "-t", "60", "stop"]);
        if let Err(error) = succeed(&mut stop) {
            eprintln!("PostgreSQL was not stopped: {error:#}");
        }
    }
}

/// The folder of the newest PostgreSQL's programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let folders = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let folder = entry.path().join("bin");
        folder.join("initdb").is_file().then_some((version, folder))
    });
    folders.max().map(|(_, folder)| folder)
}

/// The user that the server runs as where this program runs as root.
fn unprivileged() -> Option<&'static str> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let user = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let effective = user.split_whitespace().nth(1)?;
    (effective == "0").then_some("postgres")
}

/// Runs a command that must succeed. These are short, and one of them runs as values are dropped.
fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot run {name}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} failed ({}): {}", output.status, said.trim());
    Ok(())
}
