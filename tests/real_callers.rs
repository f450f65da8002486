//! Programs in the languages of old callers get their rows through the legacy URL. Each writes the URL as
//! scripts in its language do: as it is, where the library accepts that.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

use crate::support::{
    database::{DatabaseKind, on_sqlite_alone},
    node,
    process::{self, CommandEnvironment, Server},
};

const HISTORY: &str = r#"<response><requests>
<request><id>12334</id><customer_name>Jo</customer_name><customer_number>C-77</customer_number>
<computer_name>PC1</computer_name><computer_domain>WORK</computer_domain><computer_os>Windows 7</computer_os>
<problem_description>No sound</problem_description><notes></notes>
<tech_username>mytech@techplace.com</tech_username>
<date_start>2011-01-03 09:15:02</date_start><date_end>2011-01-03 09:41:57</date_end></request>
<request><id>12335</id><customer_number>C-78</customer_number><date_start>2011-02-03 00:00:00</date_start></request>
<request><id>20001</id><tech_username>other@techplace.com</tech_username>
<date_start>2022-04-01 08:00:00</date_start><date_end>2022-04-01 08:10:00</date_end></request>
<request><id>9</id><tech_username>mytech@techplace.com</tech_username>
<customer_name>Zoë "É" &lt;Sønner></customer_name><date_start>2011-01-01 00:00:00</date_start></request>
</requests></response>"#;

/// Queries and the sessions of their answers. The first three are the published examples.
const CALLS: [(&str, &[&str]); 4] = [
    (
        "KEY=xxxxx&VARS=ID CUSTOMER_NUMBER DATE_START DATE_END \nTECH_USERNAME\
         &FILTER_DATE_START_INI=2011-01-01&FILTER_PROCESSED=ANSWERED",
        &[
            "<id>12334</id><customer_number>C-77</customer_number>\
             <date_start>2011-01-03 09:15:02</date_start><date_end>2011-01-03 09:41:57</date_end>\
             <tech_username>mytech@techplace.com</tech_username>",
            "<id>20001</id><customer_number></customer_number>\
             <date_start>2022-04-01 08:00:00</date_start><date_end>2022-04-01 08:10:00</date_end>\
             <tech_username>other@techplace.com</tech_username>",
        ],
    ),
    (
        "KEY=xxxxx&VARS=ID CUSTOMER_NUMBER \nDATE_START&FILTER_DATE_START_INI=2011-01-01&\n\
         FILTER_PROCESSED=ANSWERED&FILTER_TECH_USERNAME=mytech@techplace.com",
        &["<id>12334</id><customer_number>C-77</customer_number>\
           <date_start>2011-01-03 09:15:02</date_start>"],
    ),
    (
        "KEY=xxxxx&VARS=CUSTOMER_NAME CUSTOMER_NUMBER\nCOMPUTER_NAME COMPUTER_DOMAIN \
         PROBLEM_DESCRIPTION TECH_USERNAME DATE_START\nDATE_END HAS_VIDEOS COMPUTER_OS NOTES\
         &FILTER_ID=12334",
        &["<customer_name>Jo</customer_name><customer_number>C-77</customer_number>\
           <computer_name>PC1</computer_name><computer_domain>WORK</computer_domain>\
           <problem_description>No sound</problem_description>\
           <tech_username>mytech@techplace.com</tech_username>\
           <date_start>2011-01-03 09:15:02</date_start><date_end>2011-01-03 09:41:57</date_end>\
           <has_videos>FALSE</has_videos><computer_os>Windows 7</computer_os><notes></notes>"],
    ),
    (
        "KEY=xxxxx&VARS=ID NOTES&FILTER_CUSTOMER_NAME=zoë \"É\" <Sønner>",
        &["<id>9</id><notes></notes>"],
    ),
];

const UTF_8: &str = "UTF-8";
const LATIN_1: &str = "ISO-8859-1";

/// A server with the history, and the folder of a caller's programs.
struct Served {
    server: Server,
    key: String,
    folder: TempDir,
    _environment: CommandEnvironment,
}

impl Served {
    fn start(on: DatabaseKind) -> Self {
        let environment = CommandEnvironment::new(on);
        process::stdout(&environment, &["account", "create", "acme"]);
        let key = process::stdout(&environment, &["key", "create", "--account", "acme"]);
        fs::write(environment.path().join("history.xml"), HISTORY).unwrap();
        process::stdout(&environment, &["import", "history.xml", "--account", "acme"]);
        let server = Server::start(&environment, &[]);
        let folder = tempfile::tempdir().unwrap();
        Self { server, key: key.trim().to_owned(), folder, _environment: environment }
    }

    fn query(&self, query: &str) -> String {
        query.replace("xxxxx", &self.key)
    }

    fn address(&self) -> String {
        format!("{}/get_session_history.php", self.server.url)
    }

    /// Writes a program in which the parts of a call stand, and returns its output.
    fn run(&self, interpreter: &[&str], program: &str, query: &str, encoding: &str) -> String {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real_callers").join(program);
        let (query, address) = (self.query(query), self.address());
        let (host, port) =
            self.server.url.strip_prefix("http://").unwrap().split_once(':').unwrap();
        let source = fs::read_to_string(source)
            .unwrap()
            .replace("@URL@", &format!("{address}?{query}"))
            .replace("@TARGET@", &format!("/get_session_history.php?{query}"))
            .replace("@QUERY@", &query)
            .replace("@ADDRESS@", &address)
            .replace("@HOST@", host)
            .replace("@PORT@", port)
            .replace("@ENCODING@", encoding);
        let bytes = match encoding {
            LATIN_1 => source.chars().map(|c| u8::try_from(c).unwrap()).collect(),
            _ => source.into_bytes(),
        };
        fs::write(self.folder.path().join(program), bytes).unwrap();
        let mut command = Command::new(interpreter[0]);
        command.args(&interpreter[1..]).arg(program);
        self.output(command)
    }

    /// The output of a command, whose standard error is shown where it differs from what is expected.
    fn output(&self, mut command: Command) -> String {
        command.current_dir(self.folder.path()).env_remove("http_proxy").env("LC_ALL", "C.UTF-8");
        let output = command.output().unwrap_or_else(|error| {
            panic!("cannot run {command:?}: {error}. 'scripts/check' installs what the tests need.")
        });
        let (stdout, stderr) = (output.stdout, output.stderr);
        String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned()
    }

    /// All calls of a program get their rows, in each of these encodings of the program.
    fn gets_its_rows(&self, interpreter: &[&str], program: &str, encodings: &[&str]) {
        for encoding in encodings {
            for (query, sessions) in CALLS {
                let answer = self.run(interpreter, program, query, encoding);
                assert_eq!(answer, expected(sessions), "{program} in {encoding}: {query}");
            }
        }
    }
}

fn expected(sessions: &[&str]) -> String {
    let requests: String =
        sessions.iter().map(|session| format!("<request>{session}</request>")).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response><nrequests>{}</nrequests>\
         <requests>{requests}</requests></response>",
        sessions.len()
    )
}

on_sqlite_alone!(programs_in_php_get_their_rows, "no storage is involved");
fn programs_in_php_get_their_rows(on: DatabaseKind) {
    let served = Served::start(on);
    served.gets_its_rows(&["php"], "php_get.php", &[UTF_8, LATIN_1]);
    served.gets_its_rows(&["php"], "php_curl.php", &[UTF_8, LATIN_1]);
}

on_sqlite_alone!(programs_in_perl_get_their_rows, "no storage is involved");
fn programs_in_perl_get_their_rows(on: DatabaseKind) {
    let served = Served::start(on);
    for program in ["http_tiny.pl", "lwp_get.pl", "lwp_form.pl"] {
        served.gets_its_rows(&["perl"], program, &[UTF_8, LATIN_1]);
    }
}

on_sqlite_alone!(programs_in_python_get_their_rows, "no storage is involved");
fn programs_in_python_get_their_rows(on: DatabaseKind) {
    let served = Served::start(on);
    for program in ["requests_get.py", "urllib_get.py"] {
        served.gets_its_rows(&["python3"], program, &[UTF_8, LATIN_1]);
    }
}

on_sqlite_alone!(programs_in_ruby_get_their_rows, "no storage is involved");
fn programs_in_ruby_get_their_rows(on: DatabaseKind) {
    let served = Served::start(on);
    for program in ["net_http_get.rb", "net_http_form.rb"] {
        served.gets_its_rows(&["ruby"], program, &[UTF_8, LATIN_1]);
    }
}

on_sqlite_alone!(programs_in_java_get_their_rows, "no storage is involved");
fn programs_in_java_get_their_rows(on: DatabaseKind) {
    let served = Served::start(on);
    for encoding in [UTF_8, LATIN_1] {
        let java = ["java", &format!("-Dfile.encoding={encoding}")];
        served.gets_its_rows(&java, "UrlConnection.java", &[encoding]);
    }
}

on_sqlite_alone!(programs_in_javascript_get_their_rows, "no storage is involved");
fn programs_in_javascript_get_their_rows(on: DatabaseKind) {
    let served = Served::start(on);
    let packages = node::folder_with_packages("tests/real_callers").join("node_modules");
    std::os::unix::fs::symlink(packages, served.folder.path().join("node_modules")).unwrap();
    for program in ["axios_get.mjs", "axios_0_26_get.mjs", "fetch_form.mjs"] {
        served.gets_its_rows(&["node"], program, &[UTF_8]);
    }
    // An object is sent as JSON, which the old server did not read.
    let answer = served.run(&["node"], "axios_object.mjs", CALLS[0].0, UTF_8);
    assert_eq!(answer, "<response><error_msg>Invalid request.</error_msg></response>");
}

on_sqlite_alone!(wget_and_curl_get_their_rows, "no storage is involved");
fn wget_and_curl_get_their_rows(on: DatabaseKind) {
    let served = Served::start(on);
    for (query, sessions) in CALLS {
        let query = served.query(query);
        let url = format!("{}?{query}", served.address());
        let mut wget = Command::new("wget");
        wget.args(["-q", "-O", "-", &url]);
        // curl refuses white space in a URL.
        let mut curl = Command::new("curl");
        curl.args(["-sS", &url.replace([' ', '\n'], "%20")]);
        let mut form = Command::new("curl");
        form.args(["-sS", &served.address()]);
        for field in query.split('&') {
            form.args(["-F", field.trim()]);
        }
        for command in [wget, curl, form] {
            let called = format!("{command:?}");
            assert_eq!(served.output(command), expected(sessions), "{called}");
        }
    }
}
