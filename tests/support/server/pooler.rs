//! PgBouncer in front of the PostgreSQL server that test processes share.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{PATIENCE, Server, program};
use crate::support::database::{Database, DatabaseKind};

/// A PgBouncer with an empty database, ended with the value.
pub struct Pooler {
    process: Child,
    port: u16,
    database: Database,
    folder: TempDir,
}

impl Pooler {
    /// Starts one in a pool mode, with at most `size` connections to the server.
    pub fn start(mode: &str, size: u32) -> Self {
        let database = Database::new(DatabaseKind::Postgres);
        let server = &Server::shared(DatabaseKind::Postgres).unwrap().folder;
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(folder.path().join("pgbouncer.ini"), settings(mode, size, port, server)).unwrap();
        program::give_away(folder.path());
        let mut command = Command::new("pgbouncer");
        let process = program::as_owner(&mut command, folder.path())
            .args(["--quiet", "pgbouncer.ini"])
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap_or_else(|failure| panic!("cannot run pgbouncer: {failure}"));
        let pooler = Self { process, port, database, folder };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = || fs::read_to_string(pooler.folder.path().join("log")).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE, "{}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
        pooler
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        let Database::Served { name, .. } = &self.database else { panic!("no server") };
        format!("postgres://root@127.0.0.1:{}/{name}", self.port)
    }

    /// The URL of the same database without the pooler.
    pub fn server_url(&self) -> String {
        self.database.url()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn settings(mode: &str, size: u32, port: u16, server: &Path) -> String {
    let server = server.display();
    format!(
        "[databases]\n* = host={server} port=5432 user=root\n\
         [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = any\npool_mode = {mode}\ndefault_pool_size = {size}\nmax_client_conn = 500\n\
         query_wait_timeout = 20\n"
    )
}
