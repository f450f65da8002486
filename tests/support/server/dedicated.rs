//! A server that one test uses alone, with options of its own, and can stop and start.

use std::{
    fs::File,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::{administer, program, wait_for};
use crate::support::database::DatabaseKind;

/// A server on a port, ended with the value.
pub struct DedicatedServer {
    kind: DatabaseKind,
    folder: TempDir,
    address: &'static str,
    options: Vec<String>,
    pub port: u16,
    running: Option<Child>,
}

impl DedicatedServer {
    /// Starts a server with an empty database.
    pub fn start(kind: DatabaseKind) -> Self {
        Self::start_with(kind, "127.0.0.1", &[])
    }

    /// Starts a server at an address of this machine, with options (`name=value`) and an empty
    /// database.
    pub fn start_with(kind: DatabaseKind, address: &'static str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        program::install(kind, folder.path());
        let port = TcpListener::bind((address, 0)).unwrap().local_addr().unwrap().port();
        let options = options.iter().map(|&option| option.to_owned()).collect();
        let mut server = Self { kind, folder, address, options, port, running: None };
        server.start_again();
        server.administer("", &["CREATE DATABASE history"]);
        server
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        self.url_as("root", "history")
    }

    /// The URL of one of its databases, for a user, or for a user and a password.
    pub fn url_as(&self, user: &str, database: &str) -> String {
        let scheme = if self.kind == DatabaseKind::Postgres { "postgres" } else { "mysql" };
        let host = if self.address.contains(':') {
            format!("[{}]", self.address)
        } else {
            self.address.to_owned()
        };
        format!("{scheme}://{user}@{host}:{}/{database}", self.port)
    }

    /// The URL of its database through another port.
    pub fn url_through(&self, port: u16) -> String {
        self.url().replace(&format!(":{}/", self.port), &format!(":{port}/"))
    }

    /// Adds options for the next start.
    pub fn add_options(&mut self, options: &[String]) {
        self.options.extend_from_slice(options);
    }

    /// Its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs statements on one of its databases, or on the one that is always there.
    pub fn administer(&self, database: &str, statements: &[&str]) {
        // Options may say otherwise.
        let first = if self.kind == DatabaseKind::Postgres {
            ""
        } else {
            "SET SESSION TRANSACTION READ WRITE"
        };
        let statements = [&[first], statements].concat();
        administer(&self.socket_url(database), &statements).unwrap();
    }

    /// Starts it on the same port, with what it held, and waits until it answers.
    pub fn start_again(&mut self) {
        let folder = self.folder.path();
        let log = File::create(folder.join("log")).unwrap();
        let mut command = Command::new("sh");
        // The server also ends when the test process does, and with it the other end of the pipe.
        let script =
            "signal=$1; shift; \"$@\" </dev/null & cat >/dev/null; kill -$signal $!; wait $!";
        // The signal that makes each server write all that it holds and end at once.
        let signal = if self.kind == DatabaseKind::Postgres { "INT" } else { "TERM" };
        let listen = Some((self.address, self.port));
        let child = program::as_owner(&mut command, folder)
            .args(["-c", script, "supervisor", signal])
            .args(program::server(self.kind, folder, listen, &self.options))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.running = Some(child.unwrap());
        wait_for(&self.socket_url(""), folder);
    }

    /// Ends it, and with it every connection.
    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.stdin.take());
            running.wait().unwrap();
        }
    }

    /// The URL of one of its databases at its socket.
    fn socket_url(&self, database: &str) -> String {
        let folder = self.folder.path().display();
        match (self.kind, database) {
            (DatabaseKind::Postgres, "") => self.socket_url("postgres"),
            (DatabaseKind::Postgres, _) => {
                format!("postgres://root@localhost:{}/{database}?host={folder}", self.port)
            }
            _ => format!("mysql://root@localhost/{database}?socket={folder}/socket"),
        }
    }
}

impl Drop for DedicatedServer {
    fn drop(&mut self) {
        self.stop();
    }
}
