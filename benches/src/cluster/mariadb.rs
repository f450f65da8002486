//! MariaDB.

use std::{
    ffi::OsString,
    fs::{self, File},
    os::unix::{net::UnixStream, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use super::{make_folder, owner, succeed};

/// Where Debian has the server, which is not in the PATH of every user.
const SERVER: [&str; 2] = ["/usr/sbin/mariadbd", "/usr/bin/mariadbd"];
/// The time limit of the start.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A running server, on a socket in its folder.
#[derive(Debug)]
pub(crate) struct Mariadb {
    folder: PathBuf,
    child: Child,
}

impl Mariadb {
    /// Makes and starts a server in an existing folder.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let Some(program) = SERVER.into_iter().find(|it| Path::new(it).is_file()) else {
            bail!(
                "MariaDB's server is missing; on Debian: apt-get install mariadb-server \
                 (or give the URL of a running one with --url)"
            );
        };
        let (parent, folder) = (folder, folder.join("mariadb"));
        let owner = owner("mysql");
        make_folder(parent, &folder, owner)?;
        let mut options = vec![OsString::from("--no-defaults")];
        options.extend(owner.map(|owner| format!("--user={owner}").into()));
        options.push(option("--datadir", &folder.join("data")));

        let mut make = Command::new("mariadb-install-db");
        make.args(&options).args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
        succeed(&mut make)?;
        let log = folder.join("log");
        let mut start = Command::new(program);
        start.args(&options).arg("--skip-networking");
        start.arg(option("--socket", &socket(&folder)));
        start.arg(option("--pid-file", &folder.join("pid")));
        // Signals of the terminal do not reach the server.
        start.process_group(0).stdin(Stdio::null()).stdout(Stdio::null());
        let child = start.stderr(File::create(&log)?).spawn()?;
        let mut server = Self { folder, child };

        let start = Instant::now();
        while UnixStream::connect(socket(&server.folder)).is_err() {
            if server.child.try_wait()?.is_some() || start.elapsed() > START_TIMEOUT {
                bail!("MariaDB did not start: {}", fs::read_to_string(&log).unwrap_or_default());
            }
            sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// The URL of a database that always exists.
    pub(super) fn url(&self) -> String {
        format!("mysql://root@localhost/mysql?socket={}", socket(&self.folder).display())
    }
}

impl Drop for Mariadb {
    #[expect(clippy::print_stderr, reason = "a drop cannot return an error")]
    fn drop(&mut self) {
        // SIGTERM is an orderly shutdown.
        let stop = succeed(Command::new("kill").arg(self.child.id().to_string()));
        if let Err(error) = stop.and_then(|()| Ok(self.child.wait()?)) {
            eprintln!("MariaDB was not stopped: {error:#}");
        }
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("socket")
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push("=");
    option.push(path);
    option
}
