//! GraphiQL and the page that translates in a browser. The dashboard has a file of its own.

use crate::support::{
    browser::drive,
    database::{DatabaseKind, on_sqlite_alone},
    process::{CommandEnvironment, Server},
};

on_sqlite_alone!(graphiql_is_usable_on_wide_and_narrow_screens, "the page is the same on each");
fn graphiql_is_usable_on_wide_and_narrow_screens(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let server = Server::start(&environment, &["--demo"]);
    let screenshots = drive("graphiql-layout.mjs", &server.url, &server.greeted("Demo key"));
    assert!(screenshots.join("graphiql-390-dark.png").is_file());
}

on_sqlite_alone!(
    the_page_translate_shows_what_the_server_makes_of_a_call,
    "no storage is involved"
);
fn the_page_translate_shows_what_the_server_makes_of_a_call(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let server = Server::start(&environment, &["--demo"]);
    let screenshots = drive("translate.mjs", &server.url, &server.greeted("Demo key"));
    assert!(screenshots.join("translate-390-dark.png").is_file());
}

on_sqlite_alone!(the_page_translate_says_that_the_schema_is_not_open, "no storage is involved");
fn the_page_translate_says_that_the_schema_is_not_open(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let server = Server::start(&environment, &["--demo", "--introspection", "keys"]);
    drive("translate-closed.mjs", &server.url, &server.greeted("Demo key"));
}
