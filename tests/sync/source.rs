//! A gateway that is mirrored, and one into which it is mirrored.

use std::{
    path::PathBuf,
    process::{Child, Stdio},
};

use serde_json::{Value, json};
use session_history::{
    domain::time::{Clock, Timestamp},
    legacy::VARS,
};

use crate::support::{
    database::DatabaseKind,
    process::{CommandEnvironment, Server, command, run, run_with_input, stdout},
    wire,
};

pub const KEY: &str = "sourcekey-qzw7 & +é-secret";
/// In the texts of all sessions.
pub const PERSONAL: &str = "Zebedee";
const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

/// A gateway that is mirrored.
pub struct Source {
    pub environment: CommandEnvironment,
    pub server: Server,
}

impl Source {
    /// With sessions.
    pub fn start(on: DatabaseKind, sessions: &[Value]) -> Self {
        Self::start_in(CommandEnvironment::new(on), sessions, &["--log", "trace"])
    }

    /// With sessions, and more arguments of `serve`.
    pub fn start_in(environment: CommandEnvironment, sessions: &[Value], flags: &[&str]) -> Self {
        stdout(&environment, &["account", "create", "origin"]);
        let create = ["key", "create", "--account", "origin", "--secret", "-"];
        assert!(run_with_input(&environment, &create, KEY.as_bytes()).status.success());
        import(&environment, "origin", sessions);
        let server = Server::start(&environment, flags);
        Self { environment, server }
    }

    pub fn import(&self, sessions: &[Value]) {
        import(&self.environment, "origin", sessions);
    }

    pub fn address(&self) -> String {
        format!("{}/integration/get_session_history.php", self.server.url)
    }

    /// The answers for all elements, by start method and format.
    pub fn answers(&self) -> Vec<String> {
        self.answers_of(&self.server)
    }

    /// The answers of another server for the same sessions.
    pub fn answers_of(&self, server: &Server) -> Vec<String> {
        answers(server, KEY)
    }
}

/// An account into which a source is mirrored.
pub struct Target {
    pub environment: CommandEnvironment,
    /// A gateway that reads the account.
    server: Server,
    key: String,
}

impl Target {
    pub fn new(on: DatabaseKind) -> Self {
        let environment = CommandEnvironment::new(on);
        stdout(&environment, &["account", "create", "acme"]);
        let key =
            stdout(&environment, &["key", "create", "--account", "acme"]).trim_end().to_owned();
        let server = Server::start(&environment, &[]);
        std::fs::write(environment.path().join("source.key"), format!("{KEY}\n")).unwrap();
        Self { environment, server, key }
    }

    /// The arguments of `sync` from an address.
    pub fn arguments<'a>(from: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let sync = ["sync", "--account", "acme", "--key-file", "source.key", "--from", from];
        [&sync[..], more].concat()
    }

    /// Mirrors to the end. Answers what the command says, and whether it succeeded.
    pub fn sync(&self, from: &str, more: &[&str]) -> (String, bool) {
        let output = run(&self.environment, &Self::arguments(from, more));
        let told = [output.stdout, output.stderr].concat();
        (String::from_utf8(told).unwrap(), output.status.success())
    }

    /// Mirrors beside the test. What the command says is in the file.
    pub fn start(&self, from: &str, more: &[&str], log: &PathBuf) -> Child {
        let mut command = command(&self.environment, &Self::arguments(from, more));
        let log = std::fs::OpenOptions::new().append(true).create(true).open(log).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    pub fn status(&self) -> String {
        stdout(&self.environment, &["sync", "status"])
    }

    /// The answers for all elements, by start method and format.
    pub fn answers(&self) -> Vec<String> {
        answers(&self.server, &self.key)
    }

    /// One session by its number, in JSON.
    pub fn session(&self, id: u32) -> Option<Value> {
        let question =
            [("FILTER_ID", id.to_string()), ("VARS", vars()), ("OUTPUT_FORMAT", "JSON".to_owned())];
        let answer: Value = serde_json::from_str(&ask(&self.server, &self.key, &question)).unwrap();
        answer["requests"].get(0).cloned()
    }
}

fn answers(server: &Server, key: &str) -> Vec<String> {
    questions().into_iter().map(|question| ask(server, key, &question)).collect()
}

fn ask(server: &Server, key: &str, question: &[(&str, String)]) -> String {
    let body = form(key, question);
    let path = "/get_session_history.php";
    wire::send(&server.url, "POST", path, &FORM, body.as_bytes()).text()
}

pub fn import(environment: &CommandEnvironment, account: &str, sessions: &[Value]) {
    let import = ["import", "-", "--account", account];
    let output = run_with_input(environment, &import, json!(sessions).to_string().as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn vars() -> String {
    VARS.each_ref().map(|var| var.token).join(" ")
}

fn questions() -> Vec<Vec<(&'static str, String)>> {
    let question = |method: &str, format: &str| {
        vec![
            ("VARS", vars()),
            ("FILTER_START_METHOD", method.to_owned()),
            ("OUTPUT_FORMAT", format.to_owned()),
        ]
    };
    let methods = ["ALL", "APPLET", "AGENT"];
    methods.iter().flat_map(|it| ["XML", "JSON"].map(|format| question(it, format))).collect()
}

fn form(key: &str, question: &[(&str, String)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("KEY", key).extend_pairs(question);
    form.finish()
}

/// A time that lies back by so many minutes, as documents have it.
pub fn minutes_ago(minutes: i64) -> String {
    let now = Clock::system().now().micros();
    Timestamp::from_micros(now - minutes * 60_000_000).unwrap().civil()
}

/// Sessions from now back to some days ago. One in seven is open, one in three was started by an agent.
pub fn history(count: i64, days: i64) -> Vec<Value> {
    let session = |n: i64| {
        let start = days * 1_440 * n / count + n % 7;
        let at = minutes_ago(start);
        let line = |text: &str| json!({ "date": at, "sender": "ann@example.com", "text": text });
        let mut session = json!({
            "id": 100_000 - n, "date_start": at, "date_end": minutes_ago(start - 1),
            "start_method": if n % 3 == 0 { "AGENT" } else { "APPLET" },
            "customer_name": format!("{PERSONAL} <{n}> & \"Söhne\""), "customer_email": format!("c{n}@example.com"),
            "customer_number": n.to_string(), "computer_name": "PC", "computer_domain": "D", "computer_os": "Windows 11",
            "problem_description": " it\r\nblinks\t😀 ]]> ", "notes": if n % 5 == 0 { "" } else { "done" },
            "chat_info": (0..n % 4).map(|_| line(" hello <b>\r\nyou ")).collect::<Value>(),
            "video_links": vec![format!("https://v.example/{n}?a=1&b=2"); (n % 3) as usize],
            "custom_fields": (0..n % 3).map(|k| json!({ "name": format!("F{k}"), "value": n.to_string() })).collect::<Value>(),
        });
        let fields = session.as_object_mut().unwrap();
        if n % 7 == 0 {
            fields.remove("date_end");
        }
        if n % 11 != 0 {
            fields.insert("tech_username".into(), json!("ann@example.com"));
            fields.insert("tech_name".into(), json!("Ann"));
        }
        session
    };
    (0..count).map(session).collect()
}
