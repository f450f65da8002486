//! Each rule is broken in a few lines of code, and the break is found.

use std::path::PathBuf;

use super::{
    imports::SourceFile,
    map::Part,
    rules::{circle, environment_reads, violations},
};

fn parsed(module: &str, text: &str) -> SourceFile {
    let names = module.split("::").map(str::to_owned).collect();
    SourceFile::parse(PathBuf::from(module), names, text)
}

#[test]
fn a_forbidden_path_is_found_wherever_it_stands() {
    let map = [Part { module: "a", knows: &["b"], without: &[&["sea_orm"]] }];
    let allowed =
        "use crate::b::B; use super::a::C; use std::fmt; mod c; pub(in crate::a) struct D;";
    assert_eq!(violations(&[parsed("a", allowed)], &map), [""; 0]);
    for text in [
        "use sea_orm::Value;",
        "use sea_orm::{self as database, Value};",
        "use {std::fmt, sea_orm::{sqlx::{self, Row}, Value}};",
        "pub use sea_orm;",
        "fn f(value: Option<sea_orm::Value>) {}",
        "fn f() { let value = sea_orm::Value::new(); }",
        "fn f() { use sea_orm::Value; }",
        "fn f() { println!(\"{}\", [sea_orm::Value::new()]); }",
        "macro_rules! value { () => { sea_orm::Value }; }",
        "#[derive(sea_orm::FromQueryResult)] struct Row;",
        "#[cfg(test)] mod tests {} fn f() -> sea_orm::Value {}",
        "#[cfg(not(test))] fn f() -> sea_orm::Value {}",
        "mod inner { fn f() -> sea_orm::Value {} }",
        "use crate::c::C;",
        "use super::c::C;",
        "use session_history::c::C;",
        "fn f() { crate::c::g(); }",
        "mod inner { use super::super::c::C; }",
        "use crate as root; fn f() -> root::c::C {}",
        "macro_rules! c { () => { $crate::c::C }; }",
    ] {
        let found = violations(&[parsed("a", text)], &map);
        assert!(!found.is_empty(), "{text}");
    }
    for text in [
        "#[cfg(test)] mod tests { use sea_orm::Value; }",
        "#[cfg(test)] const VALUE: sea_orm::Value = sea_orm::Value::new();",
        "/// Not like [`sea_orm::Value`].\nstruct Value;",
        "mod sea; use sea::Orm;",
    ] {
        assert_eq!(violations(&[parsed("a", text)], &map), [""; 0], "{text}");
    }
    let files = [parsed("a", "use crate::c::C;"), parsed("d", "")];
    assert_eq!(
        violations(&files, &map),
        ["a names crate::c::C, but a may know: b", "d: the map has no row for its module",]
    );
}

#[test]
fn a_circle_of_files_is_found() {
    let found = |child: &str| {
        let files = [
            parsed("a", "mod b; mod c; pub use c::C;"),
            parsed("a::b", "use crate::a::c::C;"),
            parsed("a::c", child),
        ];
        circle(&files).map(|files| files.join(" "))
    };
    assert_eq!(found("use std::fmt; mod d; use d::D;"), None);
    assert_eq!(found("use super::C;").as_deref(), Some("a a::c a"));
    for child in [
        "use super::b::B;",
        "use super::b; fn f() -> b::B {}",
        "fn f() { crate::a::b::g() }",
        "fn f() { vec![super::b::g()] }",
    ] {
        assert_eq!(found(child).as_deref(), Some("a::c a::b a::c"), "{child}");
    }
}

#[test]
fn a_read_of_the_environment_is_found() {
    for text in [
        "fn f() { std::env::var(\"A\"); }",
        "use std::env; fn f() { env::vars_os(); }",
        "use std::env::var; fn f() { var(\"A\"); }",
        "#[derive(Args)] struct A { #[arg(long, env = \"A\")] a: u8 }",
    ] {
        assert!(!environment_reads(&parsed("a", text)).is_empty(), "{text}");
    }
    let arguments =
        "fn f() -> std::env::ArgsOs { std::env::args_os() } const A: &str = env!(\"A\");";
    assert_eq!(environment_reads(&parsed("a", arguments)), [""; 0]);
}
