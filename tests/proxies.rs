//! The examples of proxies in docs/OPERATIONS.md: all protocols pass, events and long answers at once, and their logs have
//! no key.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;

use crate::{persisted_documents::served::Served, support::tls::make_certificate};

mod caddy;
mod nginx;

/// A proxy with the example of the documentation, ended with the value.
struct Proxy {
    process: Child,
    folder: TempDir,
    port: u16,
}

impl Proxy {
    /// Starts a proxy with files in a folder: `tls.crt`, `tls.key` and what `command` writes there.
    fn start(command: impl FnOnce(&Path, u16) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        make_certificate(folder.path(), "tls");
        let mut command = command(folder.path(), port);
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin");
        let log = fs::File::create(folder.path().join("stderr.log")).unwrap();
        let process = command.stderr(log).spawn();
        let name = command.get_program().display().to_string();
        let process = process.unwrap_or_else(|error| panic!("cannot run {name}: {error}"));
        let proxy = Self { process, folder, port };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(30), "{}", proxy.log("stderr.log"));
            std::thread::sleep(Duration::from_millis(20));
        }
        proxy
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// A request by curl, which trusts the certificate.
    fn curl(&self, target: &str, arguments: &[&str]) -> Command {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--noproxy", "*", "--cacert"]).arg(self.folder.path().join("tls.crt"));
        curl.args(arguments).arg(format!("https://localhost:{}{target}", self.port));
        curl
    }

    /// The answer to a request.
    fn ask(&self, target: &str, arguments: &[&str]) -> String {
        let output = self.curl(target, arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Workers end with it. A kill would leave them.
        let id = self.process.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &id]).status();
        let _ = self.process.wait();
    }
}

/// The example of the documentation in this language, with other texts.
fn example(language: &str, changes: &[(&str, String)]) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/OPERATIONS.md");
    let page = fs::read_to_string(page).unwrap();
    let start = format!("```{language}\n");
    let mut example = page.split(&start).nth(1).unwrap().split("```").next().unwrap().to_owned();
    for (from, to) in changes {
        assert!(example.contains(from), "the example has no '{from}'");
        example = example.replace(from, to);
    }
    example
}

/// Sends requests of each protocol, and one while the gateway is gone.
fn use_all_protocols(proxy: &Proxy, served: Served) {
    let key = &*served.key.clone();
    let legacy = proxy.ask(&format!("/get_session_history.php?KEY={key}&VARS=ID"), &[]);
    assert!(legacy.contains("<id>3</id>"), "{legacy}");
    let (bearer, query) =
        (format!("Authorization: Bearer {key}"), r#"{"query":"{ viewer { keyLabel } }"}"#);
    let post = ["-H", &bearer, "-H", "Content-Type: application/json", "-d", query];
    for version in ["--http1.1", "--http2"] {
        let answer = proxy.ask("/graphql", &[&post[..], &[version]].concat());
        assert_eq!(answer, r#"{"data":{"viewer":{"keyLabel":"page"}}}"#, "{version}");
    }
    let page = proxy.ask("/graphiql", &[]);
    assert!(page.contains("Session history"), "{page}");
    let socket = [
        "-i",
        "--http1.1",
        "--max-time",
        "2",
        "-H",
        "Connection: Upgrade",
        "-H",
        "Upgrade: websocket",
        "-H",
        "Sec-WebSocket-Version: 13",
        "-H",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "-H",
        "Sec-WebSocket-Protocol: graphql-transport-ws",
    ];
    let upgraded = proxy.curl("/graphql", &socket).output().unwrap().stdout;
    assert!(upgraded.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&upgraded));

    // An event passes while the stream goes on.
    let subscription =
        json!({ "query": "subscription { sessionChanges { legacyId } }" }).to_string();
    let events = [
        "-N",
        "-H",
        &bearer,
        "-H",
        "Content-Type: application/json",
        "-H",
        "Accept: text/event-stream",
        "-d",
        &subscription,
    ];
    let mut stream = proxy.curl("/graphql", &events).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(stream.stdout.take().unwrap()).lines();
    // The comment that says that the stream is open.
    assert_eq!(lines.next().unwrap().unwrap(), ":");
    served.record(4);
    let change = lines.map(Result::unwrap).find(|line| line.starts_with("data: ")).unwrap();
    assert!(change.contains(r#""legacyId":"4""#), "{change}");
    stream.kill().unwrap();
    stream.wait().unwrap();

    // Without the gateway, proxies log errors too.
    served.server.terminate();
    let gone = proxy.ask(&format!("/get_session_history.php?KEY={key}&VARS=NAME"), &["-i"]);
    assert!(gone.contains(" 502"), "{gone}");
}
