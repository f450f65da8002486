//! The built binary as a process of its own.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

use super::database::{Database, DatabaseKind};

/// A folder in which commands run, and the database that they use.
pub struct CommandEnvironment {
    folder: TempDir,
    /// None where it is the file that commands make by themselves.
    database: Option<Database>,
    variables: Vec<(&'static str, &'static str)>,
}

impl CommandEnvironment {
    /// With a database in which nothing is stored yet.
    pub fn new(on: DatabaseKind) -> Self {
        let environment = Self::bare(on);
        if on != DatabaseKind::Sqlite {
            stdout(&environment, &["migrate", "up"]);
        }
        environment
    }

    /// With a database that does not even have the schema.
    pub fn bare(on: DatabaseKind) -> Self {
        let database = (on != DatabaseKind::Sqlite).then(|| Database::new(on));
        Self { folder: tempfile::tempdir().unwrap(), database, variables: Vec::new() }
    }

    /// With the database at a URL, where the test looks after it.
    pub fn at(url: String) -> Self {
        let database = Some(Database::Elsewhere(url));
        Self { folder: tempfile::tempdir().unwrap(), database, variables: Vec::new() }
    }

    /// With a variable in the environment of all commands.
    pub fn with_variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The URL of the database, as a program elsewhere needs it.
    pub fn url(&self) -> String {
        let file = || format!("sqlite:{}", self.path().join("session-history.sqlite3").display());
        self.database.as_ref().map_or_else(file, Database::url)
    }
}

/// The built command, with a clean environment.
#[expect(clippy::disallowed_methods, reason = "the variables are removed")]
pub fn command(environment: &CommandEnvironment, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_session-history"));
    command.args(arguments).current_dir(environment.path()).env_remove("DATABASE_URL");
    if let Some(database) = &environment.database {
        command.env("DATABASE_URL", database.url());
    }
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SESSION_HISTORY_") {
            command.env_remove(name);
        }
    }
    command.envs(environment.variables.iter().copied());
    command
}

/// Runs a command to its end, with something on standard input.
pub fn run_with_input(
    environment: &CommandEnvironment,
    arguments: &[&str],
    input: &[u8],
) -> Output {
    let mut child = command(environment, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it early.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// Runs a command to its end.
pub fn run(environment: &CommandEnvironment, arguments: &[&str]) -> Output {
    run_with_input(environment, arguments, b"")
}

/// Runs a command that must succeed, and answers its standard output.
pub fn stdout(environment: &CommandEnvironment, arguments: &[&str]) -> String {
    let output = run(environment, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A server on a free port, ended with the value.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`, or with `https`.
    pub url: String,
    /// What it said until it listened.
    pub greeting: Vec<String>,
    stderr: Option<std::thread::JoinHandle<String>>,
}

impl Server {
    /// Starts `serve` with more arguments, and waits until it listens.
    pub fn start(environment: &CommandEnvironment, arguments: &[&str]) -> Self {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        // The last line of the greeting is the legacy URL with a demo, and GraphQL's without.
        let last = if arguments.contains(&"--demo") { "Legacy " } else { "GraphQL " };
        Self::of(command(environment, &arguments), last)
    }

    /// Starts a command that serves, and waits for a line of its greeting.
    pub fn of(mut command: Command, last: &str) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut greeting = Vec::new();
        for line in lines.by_ref() {
            let done = line.starts_with(last);
            greeting.push(line);
            if done {
                break;
            }
        }
        let link = greeting.iter().find_map(|line| line.strip_prefix("GraphQL"));
        let link = link.unwrap_or_else(|| panic!("no greeting: {greeting:?}")).trim();
        let url = link.strip_suffix("/graphql").unwrap().to_owned();
        let stderr = std::thread::spawn(move || lines.collect::<Vec<_>>().join("\n"));
        Self { child, url, greeting, stderr: Some(stderr) }
    }

    /// A word of the greeting, such as the one after `Demo key`.
    pub fn greeted(&self, name: &str) -> String {
        let line = self.greeting.iter().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name}: {:?}", self.greeting)).trim().to_owned()
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How many files and connections the process has open.
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// Asks the server to end, and waits until it does.
    pub fn terminate(mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-s", "TERM", &id]).status().unwrap();
        assert!(asked.success() && self.child.wait().unwrap().success());
    }

    /// Ends the server, and answers everything it logged.
    pub fn stop(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let rest = self.stderr.take().unwrap().join().unwrap();
        format!("{}\n{rest}", self.greeting.join("\n"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
