//! The limits of a request: their defaults, and where callers read them.

use clap::Parser;
use session_history::{config, graphql::limits::Limits};

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    limits: config::Limits,
    #[command(flatten)]
    callers: config::Callers,
}

#[test]
fn the_settings_have_the_defaults_of_the_limits() {
    let settings = Settings::parse_from(["serve"]);
    assert_eq!(Limits::from((&settings.limits, &settings.callers)), Limits::default());
}

#[test]
fn the_documentation_has_the_defaults_of_the_limits() {
    let documentation = include_str!("../docs/GRAPHQL.md");
    let limits = Limits::default();
    for (row, value) in [
        ("selections, fragments expanded", limits.max_selections.into()),
        ("depth of fields, without introspection", limits.max_depth.into()),
        ("nested selection sets, fragments expanded", u64::from(Limits::MAX_LEVELS)),
        ("tokens of a document, white space included", Limits::MAX_TOKENS as u64),
        ("nested brackets of a document", Limits::MAX_BRACKETS as u64),
        ("nested fields of the introspection", Limits::MAX_INTROSPECTION_DEPTH.into()),
        ("cost: the number of fields, multiplied", limits.max_cost.into()),
        ("the same field in one selection set", limits.max_aliases.into()),
        ("items of a list in the input", limits.max_list.into()),
        ("nested lists and objects in the input", Limits::MAX_INPUT_DEPTH.into()),
        ("conditions of all filters of a request", Limits::MAX_CONDITIONS as u64),
        ("characters of a text in a filter", Limits::MAX_TEXT_CHARS as u64),
        ("validation errors in a response", limits.max_errors.into()),
        ("bytes of an answer", limits.max_answer_bytes.into()),
        ("requests of an account in progress", limits.max_account_requests.into()),
    ] {
        let line = documentation.lines().find(|line| line.starts_with(&format!("| {row}")));
        let cells = line.unwrap_or_else(|| panic!("no row '{row}'")).replace(',', "");
        assert!(cells.ends_with(&format!("| {value} |")), "{row}: {cells}");
    }
}
