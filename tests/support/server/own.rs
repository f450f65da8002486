//! A server of a test's own, which it can stop and start.

use std::{
    fs::File,
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::{administer, program, wait_for};
use crate::support::database::Kind;

/// A server on a port, ended with the value.
pub struct Own {
    kind: Kind,
    folder: TempDir,
    /// Where it listens.
    pub port: u16,
    running: Option<Child>,
}

impl Own {
    /// Starts one, with an empty database.
    pub fn start(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        program::install(kind, folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut own = Self { kind, folder, port, running: None };
        own.start_again();
        administer(&own.at(own.system()), &["CREATE DATABASE history"]).unwrap();
        own
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        self.at("history")
    }

    /// The URL of its database through another port.
    pub fn url_through(&self, port: u16) -> String {
        self.url().replace(&format!(":{}/", self.port), &format!(":{port}/"))
    }

    /// Starts it on the same port, with what it held, and waits until it answers.
    pub fn start_again(&mut self) {
        let folder = self.folder.path();
        let log = File::create(folder.join("log")).unwrap();
        let mut command = Command::new("sh");
        // The server also ends when the test process does, and with it the other end of the pipe.
        let script =
            "signal=$1; shift; \"$@\" </dev/null & cat >/dev/null; kill -$signal $!; wait $!";
        // What makes each of them end at once, with all that it holds written down.
        let signal = if self.kind == Kind::Postgres { "INT" } else { "TERM" };
        let child = program::as_owner(&mut command, folder)
            .args(["-c", script, "keeper", signal])
            .args(program::server(self.kind, folder, Some(self.port)))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.running = Some(child.unwrap());
        wait_for(&self.at(self.system()), folder);
    }

    /// Ends it, and with it every connection.
    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.stdin.take());
            running.wait().unwrap();
        }
    }

    fn at(&self, database: &str) -> String {
        let scheme = if self.kind == Kind::Postgres { "postgres" } else { "mysql" };
        format!("{scheme}://root@127.0.0.1:{}/{database}", self.port)
    }

    /// The database that is always there.
    fn system(&self) -> &'static str {
        if self.kind == Kind::Postgres { "postgres" } else { "mysql" }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.stop();
    }
}
