//! PostgreSQL.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::{make_folder, owner, succeed};

/// A running server, on a socket in its folder.
#[derive(Debug)]
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<&'static str>,
}

impl Postgres {
    /// Makes and starts a server in an existing folder.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let Some(programs) = programs() else {
            bail!(
                "PostgreSQL's server is missing; on Debian: apt-get install postgresql \
                 (or give the URL of a running one with --url)"
            );
        };
        let cluster = Self { programs, folder: folder.join("postgres"), user: owner("postgres") };
        make_folder(folder, &cluster.folder, cluster.user)?;
        let data = cluster.data();
        let data = data.to_str().context("the folder's name is no text")?;
        let make = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"];
        succeed(cluster.command("initdb").args(make))?;
        let socket = cluster.folder.display();
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{socket}'");
        let log = cluster.folder.join("log");
        let start = ["-D", data, "-w", "-t", "60", "-o", &options, "start", "-l"];
        // Its output goes to the log: the server would hold a pipe open.
        let mut start_it = cluster.command("pg_ctl");
        start_it.args(start).arg(&log);
        start_it.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if !start_it.status().context("cannot run pg_ctl")?.success() {
            let said = fs::read_to_string(&log).unwrap_or_default();
            bail!("PostgreSQL did not start: {said}");
        }
        Ok(cluster)
    }

    /// The URL of a database that always exists.
    pub(super) fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=postgres", self.folder.display())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The command of a PostgreSQL program. It does not run as root.
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

impl Drop for Postgres {
    #[expect(clippy::print_stderr, reason = "a drop cannot return an error")]
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
