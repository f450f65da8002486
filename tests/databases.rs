//! What may stand for a database, how long is waited for one, and whose schema is refused.

use std::{
    net::TcpListener,
    process::Output,
    time::{Duration, Instant},
};

use sea_orm::ConnectionTrait;

mod addresses;
mod files;
mod poolers;
mod replaced_files;
mod settings;
mod slow_statements;

use crate::support::{
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process::{self, CommandEnvironment},
};

fn refused(environment: &CommandEnvironment, arguments: &[&str]) -> String {
    let output = process::run(environment, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    stderr(&output)
}

/// Asserts that an error names what is wrong, and neither hides it nor shows a password.
fn assert_names_the_fault(told: &str, named: &str) {
    assert!(told.contains("error: ") && told.contains(named), "no '{named}' in: {told}");
    for hidden in ["hunter2", "temporarily unavailable", "nternal error"] {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

on_sqlite_alone!(urls_that_do_not_go_together_are_refused, "nothing is connected to");
fn urls_that_do_not_go_together_are_refused(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    let postgres = "postgres://user:hunter2@127.0.0.1:1/x";
    let mysql = "mysql://user:hunter2@127.0.0.1:1/x";
    for (urls, read_urls, reason) in [
        (format!("{postgres},{mysql}"), "", "same kind"),
        (postgres.into(), mysql, "same kind"),
        (postgres.into(), "sqlite:a.sqlite3", "same kind"),
        ("sqlite:a.sqlite3,sqlite:b.sqlite3".into(), "", "one file"),
        ("sqlite:a.sqlite3".into(), "sqlite:b.sqlite3", "one file"),
        (format!("{postgres},oracle://user:hunter2@127.0.0.1:1/x"), "", "begins with"),
        (postgres.into(), "oracle://user:hunter2@127.0.0.1:1/x", "begins with"),
    ] {
        let mut arguments = vec!["account", "list", "--start-wait=0", "--database-url", &urls];
        if !read_urls.is_empty() {
            arguments.extend(["--read-url", read_urls]);
        }
        let told = refused(&environment, &arguments);
        assert!(told.contains(reason) && !told.contains("hunter2"), "{urls} {read_urls}: {told}");
    }
}

on_sqlite_alone!(a_comma_in_the_name_of_a_file_parts_nothing, "only SQLite has files");
fn a_comma_in_the_name_of_a_file_parts_nothing(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    process::stdout(&environment, &["account", "list", "--database-url", "sqlite:a,b.sqlite3"]);
    assert!(environment.path().join("a,b.sqlite3").exists());
}

on_sqlite_alone!(servers_are_waited_for_and_named, "there are servers of neither kind");
fn servers_are_waited_for_and_named(on: DatabaseKind) {
    let environment = CommandEnvironment::bare(on);
    // One port is closed. At the other, a listener accepts connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let mute_address = mute.local_addr().unwrap();
    for scheme in ["postgres", "mysql"] {
        let url = |address| format!("{scheme}://user:hunter2@{address}/x");
        let urls = format!("{},{}", url(silent), url(mute_address));
        let begun = Instant::now();
        let arguments = ["account", "list", "--database-url", &urls, "--start-wait", "2"];
        let told = refused(&environment, &arguments);
        let took = begun.elapsed();
        assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(20), "{took:?}");
        for address in [silent, mute_address] {
            let waits = format!("waiting for the database host=\"{address}\"");
            assert!(told.contains(&waits), "{told}");
        }
        assert!(told.contains("does not answer, after 2 seconds"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

on_each_database!(async the_database_of_a_newer_version_is_refused);
#[expect(clippy::disallowed_methods, reason = "what no version of the gateway writes yet")]
async fn the_database_of_a_newer_version_is_refused(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    process::stdout(&environment, &["account", "create", "acme"]);
    std::fs::write(environment.path().join("a.xml"), "<response><requests/></response>").unwrap();
    let database = sea_orm::Database::connect(environment.url()).await.unwrap();
    let insert = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)";
    database.execute_unprepared(insert).await.unwrap();
    database.close().await.unwrap();
    for command in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["serve", "--migrate", "--listen", "127.0.0.1:0"],
        &["migrate", "up"],
        &["import", "a.xml", "--account", "acme"],
        &["key", "list"],
    ] {
        let told = refused(&environment, command);
        assert!(told.contains("newer version") && told.contains("m9999_later"), "{told}");
    }
    let status = process::stdout(&environment, &["migrate", "status"]);
    assert!(status.ends_with("unknown\tm9999_later\n"), "{status}");
}
