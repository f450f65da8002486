//! Settings: flags, environment variables and the TOML file.

use std::{fs, net::TcpListener, path::Path};

use crate::{
    commands::fails,
    support::{
        database::{DatabaseKind, on_sqlite_alone},
        process::{CommandEnvironment, Server, command, run, stdout},
    },
};

/// What a command that must fail says, with one environment variable.
fn fails_with(
    environment: &CommandEnvironment,
    arguments: &[&str],
    variable: (&str, &str),
) -> String {
    let output = command(environment, arguments).env(variable.0, variable.1).output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty(), "{variable:?}");
    String::from_utf8(output.stderr).unwrap()
}

on_sqlite_alone!(
    a_flag_wins_over_the_environment_which_wins_over_the_file,
    "the settings name files"
);
fn a_flag_wins_over_the_environment_which_wins_over_the_file(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    let accounts = |arguments: &[&str], database_url: Option<&str>| {
        let arguments = [arguments, &["account", "list"]].concat();
        let mut command = command(environment, &arguments);
        if let Some(url) = database_url {
            command.env("DATABASE_URL", url);
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    for name in ["file", "environment", "flag"] {
        let url = format!("sqlite:{name}.sqlite3");
        stdout(environment, &["--database-url", &url, "account", "create", name]);
    }
    let file = "[database]\ndatabase_url = \"sqlite:file.sqlite3\"\ndatabase_connections = 3\n";
    fs::write(environment.path().join("settings.toml"), file).unwrap();
    let from_file = ["--config", "settings.toml"];
    assert!(accounts(&from_file, None).contains("file"));
    assert!(accounts(&from_file, Some("sqlite:environment.sqlite3")).contains("environment"));
    let flag = ["--config", "settings.toml", "--database-url", "sqlite:flag.sqlite3"];
    assert!(accounts(&flag, Some("sqlite:environment.sqlite3")).contains("flag"));
}

on_sqlite_alone!(an_empty_environment_variable_is_absent, "it is about the command line");
fn an_empty_environment_variable_is_absent(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    // Each variable that the help names.
    let help = stdout(environment, &["serve", "--help"]);
    let named =
        help.split("[env:").skip(1).map(|it| it.trim_start().split(['=', ']']).next().unwrap());
    let variables: Vec<_> = named.collect();
    assert!(variables.len() > 20 && variables.contains(&"DATABASE_URL"), "{variables:?}");
    for empty in ["", " "] {
        let command = |arguments: &[&str]| {
            let mut command = command(environment, arguments);
            command.envs(variables.iter().map(|name| (name, empty)));
            command
        };
        let output = command(&["account", "list"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(environment.path().join("session-history.sqlite3").is_file());
        let server = Server::of(command(&["serve", "--listen", "127.0.0.1:0"]), "GraphQL ");
        assert!(server.url.starts_with("http://127.0.0.1:"));
        // The help still names them.
        let help = command(&["serve", "--help"]).output().unwrap();
        assert!(String::from_utf8(help.stdout).unwrap().contains("SESSION_HISTORY_LISTEN="));
    }
}

on_sqlite_alone!(the_error_of_a_wrong_value_names_its_position, "no storage is involved");
fn the_error_of_a_wrong_value_names_its_position(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    for (file, told) in [
        (
            "[limits]\nmax_depht = 3\n",
            "settings.toml:2: limits.max_depht: there is no such setting",
        ),
        (
            "\nmax_depth = 3\n",
            "settings.toml:2: 'max_depth' is not in a table; write it below a heading such as [server]",
        ),
        (
            "[limits]\n\nmax_depth = \"deep\"\n",
            "settings.toml:3: limits.max_depth: invalid value 'deep'",
        ),
        (
            "[limits]\nmax_depth = 0\n",
            "settings.toml:2: limits.max_depth: invalid value '0': 0 is not in 1..",
        ),
        ("[limits]\nmax_depth = 3.5\n", "settings.toml:2: limits.max_depth: invalid value '3.5'"),
        ("[limits]\nmax_depth = [3]\n", "settings.toml:2: limits.max_depth: takes one value"),
        ("[limits.max_depth]\nx = 1\n", "settings.toml:1: limits.max_depth: is not a single value"),
        (
            "[server]\nlisten = 8080\n",
            "settings.toml:2: server.listen: invalid value '8080': the host is missing",
        ),
        (
            "[server]\nallowed_origins = [\"https://a.example\", \"a\"]\n",
            "settings.toml:2: server.allowed_origins: invalid value 'a'",
        ),
        (
            "[log]\nlog_format = \"xml\"\n",
            "log.log_format: invalid value 'xml': possible values are text, json",
        ),
        ("[\"\"]\ndemo = true\n", "there is no such setting"),
        ("[database]\ndatabase_url = \"postgres://u:hunter2@h\n", "settings.toml:2: "),
    ] {
        fs::write(environment.path().join("settings.toml"), file).unwrap();
        let error = fails(&environment, &[&["--config", "settings.toml"], &serve[..]].concat());
        assert!(error.contains(told), "{file} {error}");
        assert!(!error.contains("--max-depth") && !error.contains("hunter2"), "{file} {error}");
    }
    assert!(
        fails(&environment, &["--config", "missing.toml", "account", "list"])
            .contains("missing.toml: ")
    );

    let error = fails_with(&environment, &serve, ("SESSION_HISTORY_MAX_DEPTH", "deep"));
    assert!(error.contains("SESSION_HISTORY_MAX_DEPTH: invalid value 'deep'"), "{error}");
    let error = fails_with(&environment, &["serve"], ("SESSION_HISTORY_LISTEN", ":80"));
    assert!(error.contains("SESSION_HISTORY_LISTEN: invalid value ':80': the host"), "{error}");
    let error = fails(&environment, &["--log", "verbose", "account", "list"]);
    assert!(error.contains("'verbose' is no level; a level is off, error, warn"), "{error}");
    let error = fails_with(&environment, &serve, ("SESSION_HISTORY_LOG", "info,sqlx=loud"));
    assert!(error.contains("SESSION_HISTORY_LOG: invalid value 'info,sqlx=loud'"), "{error}");
    let error = fails(&environment, &[&serve[..], &["--max-depth", "deep"]].concat());
    assert!(error.contains("invalid value 'deep' for '--max-depth"), "{error}");
}

on_sqlite_alone!(a_variable_that_is_no_setting_is_named, "no storage is involved");
fn a_variable_that_is_no_setting_is_named(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let warnings = |variables: &[&str]| {
        let mut list = command(&environment, &["account", "list"]);
        let output = list.envs(variables.iter().map(|name| (name, "hunter2"))).output().unwrap();
        assert!(output.status.success());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!told.contains("hunter2"), "{told}");
        told
    };
    for name in ["SESSION_HISTORY_DATABASE_URL", "SESSION_HISTORY_", "SESSION_HISTORY_MAX_DEPHT"] {
        let told = warnings(&[name]);
        let warning = format!("the environment variable {name} is not a setting and has no effect");
        assert!(told.contains(&warning) && told.contains("WARN"), "{told}");
    }
    // Settings of other commands, what programs that call the gateway read, and what Kubernetes sets.
    let known = [
        "SESSION_HISTORY_SYNC_CONFIG",
        "SESSION_HISTORY_KEY",
        "SESSION_HISTORY_URL",
        "SESSION_HISTORY_PORT",
        "SESSION_HISTORY_PORT_8080_TCP_ADDR",
        "SESSION_HISTORY_SERVICE_HOST",
        "SESSION_HISTORY_SERVICE_PORT_HTTP",
        "SESSION_HISTORY_POSTGRES_PORT",
        "OTHER_SESSION_HISTORY_X",
    ];
    assert_eq!(warnings(&known), "");
}

on_sqlite_alone!(values_of_the_file_are_numbers_texts_lists_or_empty, "no storage is involved");
fn values_of_the_file_are_numbers_texts_lists_or_empty(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let file = "[limits]\nmax_depth = \"7\"\nmax_body_bytes = 262_144\nmax_cost = 0xFFFF\n\
        [server]\nlisten = \"localhost:0\"\nallowed_origins = []\nintrospection = \"keys\"\n\
        [database]\nread_url = \"\"\n[log]\nlog_format = \"json\"\n";
    fs::write(environment.path().join("settings.toml"), file).unwrap();
    let server =
        Server::of(command(&environment, &["--config", "settings.toml", "serve"]), "GraphQL ");
    assert!(server.url.starts_with("http://127.0.0.1:"), "{}", server.url);
}

on_sqlite_alone!(a_limit_of_zero_is_refused, "no storage is involved");
fn a_limit_of_zero_is_refused(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let help = stdout(&environment, &["serve", "--help"]);
    let flags: Vec<_> = ["Limits", "Callers", "Connections"]
        .iter()
        .flat_map(|heading| {
            let section = help.split_once(&format!("\n{heading}:\n")).unwrap().1;
            // A heading is the next line that is not indented.
            let lines = section.lines().take_while(|it| it.is_empty() || it.starts_with(' '));
            let flag = |line: &str| line.trim_start().split(' ').next().map(str::to_owned);
            lines.filter_map(flag).filter(|word| word.starts_with("--")).collect::<Vec<_>>()
        })
        .collect();
    assert!(flags.len() >= 21 && flags.contains(&"--max-body-bytes".to_owned()), "{flags:?}");
    for flag in &flags {
        let error = fails(&environment, &["serve", "--listen", "127.0.0.1:0", flag, "0"]);
        assert!(error.contains(&format!("invalid value '0' for '{flag}")), "{error}");
    }
    let sizes = ["serve", "--default-page-size", "201"];
    let error = fails(&environment, &sizes);
    assert!(error.contains("default_page_size is 201 and max_page_size is 200"), "{error}");
    let memory = ["serve", "--answer-memory", "134217727"];
    let error = fails(&environment, &memory);
    assert!(error.contains("max_answer_bytes is 67108864"), "{error}");
    assert!(error.contains("must be at least twice the maximum size"), "{error}");
}

on_sqlite_alone!(the_server_listens_where_a_person_means, "it is about addresses");
fn the_server_listens_where_a_person_means(on: DatabaseKind) {
    let environment = &CommandEnvironment::new(on);
    for (listen, url) in [
        ("localhost:0", "http://127.0.0.1:"),
        ("0.0.0.0:0", "http://127.0.0.1:"),
        ("[::1]:0", "http://[::1]:"),
        ("[::]:0", "http://[::1]:"),
    ] {
        let server = Server::of(command(environment, &["serve", "--listen", listen]), "GraphQL ");
        assert!(server.url.starts_with(url) && !server.url.ends_with(":0"), "{}", server.url);
        let live = format!("{}/health/live", server.url);
        let output = std::process::Command::new("curl").args(["-gsSf", &live]).output().unwrap();
        assert!(output.status.success(), "{listen}: {}", String::from_utf8_lossy(&output.stderr));
    }
    for (listen, told) in [
        (":8080", "the host is missing; write 127.0.0.1:8080"),
        ("8080", "the host is missing"),
        ("localhost", "the port is missing: localhost:8080"),
        ("::1:8080", "must be in brackets"),
        ("localhost:65536", "a number from 0 to 65535"),
        ("http://localhost:8080", "this is a URL"),
        ("nothing.invalid:0", "cannot listen on nothing.invalid:0: "),
        ("192.0.2.1:0", "cannot listen on 192.0.2.1:0: "),
    ] {
        let error = fails(environment, &["serve", "--listen", listen]);
        assert!(error.contains(told), "{listen}: {error}");
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("localhost:{}", taken.local_addr().unwrap().port());
    let output = run(environment, &["serve", "--listen", &listen]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && error.contains(&listen), "{error}");
    assert!(error.contains("Address already in use"), "{error}");
}

on_sqlite_alone!(an_origin_must_be_one, "no storage is involved");
fn an_origin_must_be_one(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    for wrong in ["*", "https://a.example/", "a.example", "https://a.example,null"] {
        let told =
            fails(&environment, &["serve", "--listen", "127.0.0.1:0", "--allowed-origins", wrong]);
        assert!(told.contains("an origin is written as https://host"), "{told}");
    }
}

on_sqlite_alone!(the_documents_name_each_flag_of_the_server, "it is about the command line");
fn the_documents_name_each_flag_of_the_server(on: DatabaseKind) {
    let help = stdout(&CommandEnvironment::bare(on), &["serve", "--help"]);
    let of_line = |line: &str| {
        let flag = line.trim_start().trim_start_matches("-h, ").trim_start_matches("-V, ");
        flag.starts_with("--").then(|| flag.split(' ').next().unwrap().to_owned())
    };
    let flags: Vec<_> = help.lines().filter_map(of_line).filter(|it| it != "--help").collect();
    assert!(flags.len() > 50, "{flags:?}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let documents = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let documents = documents.filter(|path| path.extension().is_some_and(|it| it == "md"));
    let text = documents.map(|path| fs::read_to_string(path).unwrap()).collect::<String>();
    let is_named = |flag: &str| {
        let ends = [format!("{flag}`"), format!("{flag} "), format!("{flag}\n")];
        ends.iter().any(|it| text.contains(it))
    };
    let unnamed: Vec<_> = flags.iter().filter(|flag| !is_named(flag)).collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
}
