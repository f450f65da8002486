//! Throw-away PostgreSQL and MariaDB servers, started from the installed programs.
//!
//! All test processes share one server of each kind. `server_supervisor.sh` ends it some seconds after
//! the last test process.

use std::{
    fs::{self, File},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, QueryResult, Statement,
};

use crate::support::database::DatabaseKind;

pub mod dedicated;
pub mod pooler;
pub mod program;
pub mod relay;
pub mod rollback_relay;

/// Longer than any server takes to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server that test processes share.
#[derive(Debug)]
pub struct Server {
    pub kind: DatabaseKind,
    /// Its data and its socket.
    pub folder: PathBuf,
    /// The lock: the server runs while a process has it.
    _users: File,
}

impl Server {
    /// The one of this kind, which is started if it does not run. None for SQLite.
    pub fn shared(kind: DatabaseKind) -> Option<&'static Self> {
        static POSTGRES: OnceLock<Server> = OnceLock::new();
        static MARIADB: OnceLock<Server> = OnceLock::new();
        match kind {
            DatabaseKind::Sqlite => None,
            DatabaseKind::Postgres => Some(POSTGRES.get_or_init(|| Self::find_or_start(kind))),
            DatabaseKind::MariaDb => Some(MARIADB.get_or_init(|| Self::find_or_start(kind))),
        }
    }

    #[expect(clippy::zombie_processes, reason = "the supervisor outlives the test process")]
    fn find_or_start(kind: DatabaseKind) -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let users = open(&target.join(format!("{kind:?}.users")));
        users.lock_shared().unwrap();
        // Who holds this one looks for the server, and starts it; the others wait.
        let mut place = open(&target.join(format!("{kind:?}.place")));
        place.lock().unwrap();
        let mut folder = String::new();
        place.read_to_string(&mut folder).unwrap();
        let known = Self { kind, folder: folder.into(), _users: users };
        if known.folder.is_dir() && administer(&known.url(""), &["SELECT 1"]).is_ok() {
            return known;
        }
        let folder = tempfile::tempdir().unwrap().keep();
        program::install(kind, &folder);
        let log = File::create(folder.join("log")).unwrap();
        program::as_owner(&mut Command::new("sh"), &folder)
            .args(["-c", include_str!("server_supervisor.sh"), "supervisor"])
            .arg(&folder)
            .args(program::server(kind, &folder, None, &[]))
            .stdin(Stdio::from(open(&target.join(format!("{kind:?}.users")))))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let started = Self { folder, ..known };
        wait_for(&started.url(""), &started.folder);
        place.set_len(0).unwrap();
        place.rewind().unwrap();
        place.write_all(started.folder.as_os_str().as_encoded_bytes()).unwrap();
        started
    }

    /// The URL of one of its databases, or of the one that is always there.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display();
        match (self.kind, database) {
            (DatabaseKind::Postgres, "") => self.url("postgres"),
            (DatabaseKind::Postgres, _) => {
                format!("postgres://root@localhost/{database}?host={folder}")
            }
            _ => format!("mysql://root@localhost/{database}?socket={folder}/socket"),
        }
    }
}

fn open(path: &Path) -> File {
    fs::OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).unwrap()
}

/// Waits until a server answers.
fn wait_for(url: &str, folder: &Path) {
    let start = Instant::now();
    while let Err(failure) = administer(url, &["SELECT 1"]) {
        let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(start.elapsed() < PATIENCE, "{failure}\n{}", log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Runs statements on a connection of their own.
pub fn administer(url: &str, statements: &[impl AsRef<str>]) -> Result<(), DbErr> {
    let statements: Vec<_> = statements.iter().map(|it| it.as_ref().to_owned()).collect();
    on_connection(url, async move |connection| {
        for statement in statements {
            connection.execute_unprepared(&statement).await?;
        }
        Ok(())
    })
}

/// The rows of a select on a connection of its own.
pub fn select(url: &str, statement: &str) -> Result<Vec<QueryResult>, DbErr> {
    let statement = statement.to_owned();
    on_connection(url, async move |connection| {
        let backend = connection.get_database_backend();
        connection.query_all_raw(Statement::from_string(backend, statement)).await
    })
}

/// Works on a new connection, from any place in a test.
#[expect(clippy::disallowed_methods, reason = "the gateway has no part in this")]
pub fn on_connection<T: Send + 'static>(
    url: &str,
    work: impl AsyncFnOnce(&DatabaseConnection) -> Result<T, DbErr> + Send + 'static,
) -> Result<T, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false).acquire_timeout(PATIENCE);
    options.map_sqlx_sqlite_opts(|options| options.create_if_missing(true));
    // A test may run in a runtime already, which a thread of its own does not.
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let connection = Database::connect(options).await?;
            let result = work(&connection).await;
            connection.close().await?;
            result
        })
    };
    std::thread::spawn(run).join().unwrap()
}
