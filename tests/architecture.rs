//! Each part of the code knows only what ARCHITECTURE.md says it may know.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every source file below a place, or the file itself.
fn sources(place: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (folder, file) = (root.join(place), root.join(format!("{place}.rs")));
    let mut found: Vec<_> = file.is_file().then_some(file).into_iter().collect();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                // Unit tests may use anything, and what npm installs is not ours.
                true if path.ends_with("tests") || path.ends_with("node_modules") => {}
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    assert!(!found.is_empty(), "there is no {place}");
    found
}

/// A file's code, without comments and unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let production = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = production.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a text contains a name that no longer name ends in: `history::`, not `session_history::`.
fn contains_name(text: &str, name: &str) -> bool {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
    text.match_indices(name).any(|(at, _)| !text[..at].ends_with(is_part))
}

#[test]
fn no_part_knows_what_it_must_not() {
    let frameworks = ["axum", "async_graphql", "sea_orm", "quick_xml", "clap"];
    let rules: [(&str, &[&str]); 15] = [
        ("src/domain", &frameworks),
        (
            "src/domain",
            &["store::", "graphql::", "legacy::", "http::", "ingest::", "history::", "entity::"],
        ),
        ("src/error", &frameworks),
        (
            "src/store",
            &["axum", "async_graphql", "graphql::", "http::", "legacy::", "ingest::", "history::"],
        ),
        ("src/store/cluster", &["entity::", "migration::", "domain::", "config::", "AccountId"]),
        (
            "src/graphql",
            &["axum", "sea_orm", "entity::", "legacy::", "http::", "ingest::", "Folded"],
        ),
        (
            "src/legacy",
            &["axum", "sea_orm", "entity::", "store::", "http::", "ingest::", "crate::graphql"],
        ),
        (
            "src/history",
            &[
                "axum",
                "async_graphql",
                "quick_xml",
                "serde_json",
                "clap",
                "sea_orm",
                "graphql::",
                "http::",
                "legacy::",
                "ingest::",
                "demo::",
            ],
        ),
        (
            "src/ingest",
            &[
                "axum",
                "async_graphql",
                "clap",
                "sea_orm",
                "entity::",
                "store::",
                "graphql::",
                "http::",
                "legacy::",
            ],
        ),
        ("src/demo", &["sea_orm", "entity::", "store::", "graphql::", "http::", "ingest::"]),
        ("src/http", &["sea_orm", "entity::", "quick_xml", "ingest::"]),
        ("src/app", &["axum", "http::", "legacy::"]),
        ("src/cli", &["sea_orm", "async_graphql"]),
        ("src/config", &["crate::"]),
        ("entity/src", &["async_graphql", "migration"]),
    ];
    for (place, banned) in rules {
        for path in sources(place) {
            let code = code(&path);
            for name in banned {
                assert!(!contains_name(&code, name), "{} knows {name}", path.display());
            }
        }
    }
}

#[test]
fn only_config_reads_the_environment() {
    for path in sources("src") {
        let reads = ["env::var", "env::vars"].iter().any(|call| code(&path).contains(call));
        let config = path.components().any(|part| part.as_os_str() == "config");
        assert!(!reads || config, "{}", path.display());
    }
}

/// A test gets its kind of database from a macro, the one of which takes a reason.
#[test]
fn no_test_runs_on_one_database_without_a_reason() {
    let harness = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "support");
    for path in sources("tests").into_iter().filter(|path| !harness(path)) {
        let chooses = code(&path).contains(concat!("(Kind", "::"));
        assert!(!chooses, "{} chooses a database by itself", path.display());
    }
}

#[test]
fn files_stay_short_enough_to_read() {
    for path in ["src", "entity/src", "migration/src", "tests"].into_iter().flat_map(sources) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines", path.display());
    }
}

/// The files of a folder, each of which uses only files that stand before it.
const CLUSTER: [&str; 15] = [
    "failure",
    "timeouts",
    "observer",
    "urls",
    "session_settings",
    "pool",
    "read_pool",
    "probe",
    "check",
    "host",
    "hosts",
    "failover",
    "wait",
    "sqlite_file",
    "connect",
];

#[test]
fn no_file_of_the_cluster_uses_one_that_stands_after_it() {
    let used = |code: &str| -> Vec<String> {
        let blocks = code.split("use super::").skip(1).filter_map(|rest| rest.split(';').next());
        let word = |text: char| text.is_alphanumeric() || text == '_';
        let words = blocks.flat_map(|block| block.split(|text| !word(text)));
        words.map(str::to_owned).collect()
    };
    for path in sources("src/store/cluster") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let Some(position) = CLUSTER.iter().position(|file| *file == name) else {
            let part = path.ends_with("cluster.rs") || path.ends_with("urls/list.rs");
            assert!(part, "{} has no position", path.display());
            continue;
        };
        let words = used(&code(&path));
        for later in &CLUSTER[position..] {
            assert!(!words.iter().any(|word| word == later), "{name} uses {later}");
        }
    }
}
