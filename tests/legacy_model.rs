//! Random valid calls of the legacy URL. The answers are those of the contract, byte for byte.

mod answer;
mod call;
mod wire;

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    process::Command,
};

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use crate::{
    model::{self, history},
    support::{
        Gateway,
        database::{DatabaseKind, on_each_database, on_sqlite_alone},
        process::{self, CommandEnvironment},
    },
};

/// The number of calls of each history.
const CALLS: usize = 3;

on_each_database!(any_valid_legacy_call_has_the_answer_of_the_contract);
fn any_valid_legacy_call_has_the_answer_of_the_contract(on: DatabaseKind) {
    calls_are_answered(on, &[]);
}

on_each_database!(any_valid_legacy_call_has_the_same_answer_with_small_pages);
fn any_valid_legacy_call_has_the_same_answer_with_small_pages(on: DatabaseKind) {
    calls_are_answered(on, &["--legacy-page-size", "3", "--max-child-page-size", "2"]);
}

fn calls_are_answered(on: DatabaseKind, flags: &[&str]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let gateway = runtime.block_on(Gateway::start_with(on, flags));
    let cases = history::history().prop_flat_map(|history| {
        let calls = vec((call::call(&history), wire::dice()), CALLS);
        (Just(history), calls)
    });
    model::check(&cases, |(history, calls)| {
        runtime.block_on(async {
            let tenant = history.store(&gateway).await;
            for (call, mut dice) in calls {
                let (request, meaning) = wire::send(&call, &tenant.key, &mut dice);
                let sent = format!("{request:?}");
                let answer = gateway.call(request.into()).await;
                let expected = answer::body(&history.sessions, &meaning);
                prop_assert_eq!(answer.status, 200, "{}", &sent);
                prop_assert_eq!(
                    &answer.headers["content-type"],
                    meaning.content_type(),
                    "{}",
                    &sent
                );
                prop_assert_eq!(answer.text(), expected, "{}", &sent);
            }
            Ok(())
        })
    });
}

on_sqlite_alone!(
    any_answer_fits_the_schemas_of_its_profile,
    "the schemas describe answers, which are the same on each database"
);
fn any_answer_fits_the_schemas_of_its_profile(on: DatabaseKind) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.toml");
    std::fs::write(&other, include_str!("legacy_profiles/other.toml")).unwrap();
    for profile in ["default", "rest", other.to_str().unwrap()] {
        let gateway = runtime.block_on(Gateway::start_with(on, &["--legacy-profile", profile]));
        let answers = tempfile::tempdir().unwrap();
        let files = RefCell::new(Vec::new());
        let store = |name: &str, body: &[u8]| {
            let file = answers.path().join(format!("{}.{name}", files.borrow().len()));
            std::fs::write(&file, body).unwrap();
            files.borrow_mut().push(file);
        };
        let cases = history::history().prop_flat_map(|history| {
            let calls = vec((call::call(&history), wire::dice()), CALLS);
            (Just(history), calls)
        });
        let config = ProptestConfig { failure_persistence: None, cases: 40, ..Default::default() };
        let run = TestRunner::new(config).run(&cases, |(history, calls)| {
            runtime.block_on(async {
                let tenant = history.store(&gateway).await;
                for (call, mut dice) in calls {
                    let (request, meaning) = wire::send(&call, &tenant.key, &mut dice);
                    let answer = gateway.call(request.into()).await;
                    store(&format!("{:?}", meaning.format).to_lowercase(), &answer.body);
                }
                Ok(())
            })
        });
        run.unwrap();
        for format in ["XML", "JSON"] {
            let parameters = [("VARS", "ID"), ("FILTER_ID", "x"), ("OUTPUT_FORMAT", format)];
            let error = runtime.block_on(gateway.legacy("unknown", &parameters));
            store(&format.to_lowercase(), &error.body);
        }
        validate(on, profile, answers.path(), &files.borrow());
    }
}

/// Validates answers by the schemas that the program prints.
fn validate(on: DatabaseKind, profile: &str, folder: &Path, files: &[PathBuf]) {
    let environment = CommandEnvironment::bare(on);
    let of = |formats: &[&str]| {
        let is_one = |file: &&PathBuf| formats.iter().any(|it| file.extension().unwrap() == *it);
        let found: Vec<_> = files.iter().filter(is_one).cloned().collect();
        assert!(found.len() > 10, "{formats:?}");
        found
    };
    let schema = |kind: &str| {
        let arguments = ["legacy-schema", kind, "--legacy-profile", profile];
        let file = folder.join(format!("schema.{kind}"));
        std::fs::write(&file, process::stdout(&environment, &arguments)).unwrap();
        file
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/legacy_model/validate.py");
    let mut python = Command::new("python3");
    python.arg(script).arg(schema("json")).args(of(&["json", "ndjson"]));
    let mut xmllint = Command::new("xmllint");
    xmllint.args(["--noout", "--schema"]).arg(schema("xsd")).args(of(&["xml"]));
    for mut validator in [python, xmllint] {
        let output = validator.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        let shown: Vec<_> = errors.lines().filter(|line| !line.ends_with("validates")).collect();
        assert!(output.status.success(), "{profile}: {}", shown.join("\n"));
    }
}
