//! The example of nginx in docs/OPERATIONS.md: all protocols pass, events and long answers at once, and its logs have no
//! key.

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

use crate::{
    persisted_documents::served::Served,
    support::{
        database::{DatabaseKind, on_sqlite_alone},
        process::{CommandEnvironment, Server},
        tls::make_certificate,
    },
};

/// An nginx with the example of the documentation, ended with the value.
struct Nginx {
    process: Child,
    folder: TempDir,
    port: u16,
}

impl Nginx {
    /// Starts nginx in front of a gateway, to which it passes the requests of a location.
    fn start(location: &str, gateway: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        make_certificate(folder.path(), "tls");
        let settings = settings(folder.path(), location, gateway, port);
        fs::write(folder.path().join("nginx.conf"), settings).unwrap();
        let process = Command::new("nginx")
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin")
            .arg("-p")
            .arg(folder.path())
            .args(["-c", "nginx.conf", "-e", "start.log"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run nginx ({error}): apt-get install nginx"));
        let nginx = Self { process, folder, port };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(30), "{}", nginx.log("start.log"));
            std::thread::sleep(Duration::from_millis(20));
        }
        nginx
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

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with it. A kill would leave them.
        let id = self.process.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &id]).status();
        let _ = self.process.wait();
    }
}

/// The example, with files in a folder and with the ports of the test.
fn settings(folder: &Path, location: &str, gateway: &str, port: u16) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/OPERATIONS.md");
    let page = fs::read_to_string(page).unwrap();
    let example = page.split("```nginx\n").nth(1).unwrap().split("```").next().unwrap();
    let mut example = example.to_owned();
    let live = "/etc/letsencrypt/live/history.example.com";
    let here = folder.display();
    for (from, to) in [
        // The older way, as the example says.
        ("listen 443 ssl;\n    http2 on; ", format!("listen 127.0.0.1:{port} ssl http2;")),
        (&format!("{live}/fullchain.pem"), format!("{here}/tls.crt")),
        (&format!("{live}/privkey.pem"), format!("{here}/tls.key")),
        ("history.example.com", "localhost".to_owned()),
        ("/var/log/nginx/", format!("{here}/")),
        ("http://127.0.0.1:8080", gateway.to_owned()),
        ("location / ", format!("location {location} ")),
    ] {
        assert!(example.contains(from), "the example has no '{from}'");
        example = example.replace(from, &to);
    }
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let paths = paths.map(|name| format!("{name}_temp_path {here}/{name};\n")).concat();
    let user = if folder_is_of_root(folder) { "user root;\n" } else { "" };
    format!("daemon off;\npid {here}/pid;\n{user}events {{}}\nhttp {{\n{paths}{example}}}\n")
}

fn folder_is_of_root(folder: &Path) -> bool {
    std::os::unix::fs::MetadataExt::uid(&folder.metadata().unwrap()) == 0
}

on_sqlite_alone!(
    the_example_of_nginx_passes_all_protocols_and_logs_no_key,
    "no storage is involved"
);
fn the_example_of_nginx_passes_all_protocols_and_logs_no_key(on: DatabaseKind) {
    let served = Served::start(on, &[], &[]);
    served.record(3);
    let nginx = Nginx::start("/", &served.server.url);
    let key = served.key.as_str();

    let legacy = nginx.ask(&format!("/get_session_history.php?KEY={key}&VARS=ID"), &[]);
    assert!(legacy.contains("<id>3</id>"), "{legacy}");
    let (bearer, query) =
        (format!("Authorization: Bearer {key}"), r#"{"query":"{ viewer { keyLabel } }"}"#);
    let post = ["-H", &bearer, "-H", "Content-Type: application/json", "-d", query];
    for version in ["--http1.1", "--http2"] {
        let answer = nginx.ask("/graphql", &[&post[..], &[version]].concat());
        assert_eq!(answer, r#"{"data":{"viewer":{"keyLabel":"page"}}}"#, "{version}");
    }
    let page = nginx.ask("/graphiql", &[]);
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
    let upgraded = nginx.curl("/graphql", &socket).output().unwrap().stdout;
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
    let mut stream = nginx.curl("/graphql", &events).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(stream.stdout.take().unwrap()).lines();
    // The comment that says that the stream is open.
    assert_eq!(lines.next().unwrap().unwrap(), ":");
    served.record(4);
    let change = lines.map(Result::unwrap).find(|line| line.starts_with("data: ")).unwrap();
    assert!(change.contains(r#""legacyId":"4""#), "{change}");
    stream.kill().unwrap();
    stream.wait().unwrap();

    // Without the gateway, nginx logs errors too.
    served.server.terminate();
    let gone = nginx.ask(&format!("/get_session_history.php?KEY={key}&VARS=NAME"), &["-i"]);
    assert!(gone.contains(" 502"), "{gone}");
    let (log, errors) = (nginx.log("history.log"), nginx.log("history-error.log"));
    assert!(log.contains("\"GET /get_session_history.php HTTP/2.0\" 200"), "{log}");
    assert!(log.contains("\"POST /graphql HTTP/1.1\" 200") && log.contains(" 502 "), "{log}");
    for (name, text) in [
        ("history.log", &log),
        ("history-error.log", &errors),
        ("start.log", &nginx.log("start.log")),
    ] {
        assert!(!text.contains(key) && !text.contains("KEY="), "{name}: {text}");
    }
}

on_sqlite_alone!(nginx_passes_a_path_on_to_a_gateway_below_it, "no storage is involved");
fn nginx_passes_a_path_on_to_a_gateway_below_it(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let server = Server::start(&environment, &["--base-path", "/history"]);
    let nginx = Nginx::start("/history/", server.url.strip_suffix("/history").unwrap());
    let status = |target: &str| {
        nginx.ask(target, &["-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"])
    };
    for path in
        ["/history/", "/history/graphiql", "/history/health/ready", "/history/translate?VARS=ID"]
    {
        assert_eq!(status(path), "200 ", "{path}");
    }
    let redirect = status("/history/graphiql/");
    assert!(redirect.starts_with("308 https://localhost:"), "{redirect}");
    assert!(redirect.ends_with("/history/graphiql"), "{redirect}");
    assert_eq!(status("/graphiql"), "404 ");
}
