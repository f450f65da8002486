//! Each part of the code knows only what ARCHITECTURE.md says it may know.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use imports::SourceFile;
use map::{MAP, Part};
use rules::{begins_with, below_root, circle, environment_reads, violations};

mod imports;
mod map;
mod planted;
mod rules;

/// Every Rust file below a folder.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no source file");
    found.sort();
    found
}

/// What the production code of every file below a folder names.
fn production_code(folder: &str) -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = sources(folder).into_iter().filter_map(|path| {
        let below = path.strip_prefix(&root).unwrap().with_extension("");
        let module: Vec<_> = below.iter().map(|it| it.to_str().unwrap().to_owned()).collect();
        // Unit tests may name anything.
        if module.iter().any(|name| name == "tests") {
            return None;
        }
        let text = fs::read_to_string(&path).unwrap();
        let module = if module == ["lib"] { Vec::new() } else { module };
        Some(SourceFile::parse(path, module, &text))
    });
    files.collect()
}

#[test]
fn no_part_knows_what_it_must_not() {
    let found = violations(&production_code("src"), &MAP);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A permission that nothing uses would let the next import pass unseen.
#[test]
fn every_permission_of_the_map_is_used() {
    let files = production_code("src");
    for Part { module, knows, .. } in &MAP {
        for permission in *knows {
            let of_part = files.iter().filter(|file| begins_with(&file.module, module));
            let used = of_part
                .flat_map(|file| &file.paths)
                .filter_map(|path| below_root(path))
                .any(|names| begins_with(names, permission));
            assert!(used, "{module} does not use {permission}: remove it from the map");
        }
    }
}

/// A crate that is not a dependency any more would be forbidden in vain.
#[test]
fn every_crate_of_the_map_is_a_dependency() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap().replace('-', "_");
    let declared: BTreeSet<&str> =
        manifest.lines().filter_map(|line| line.split([' ', '.']).next()).collect();
    for name in MAP.iter().flat_map(|part| part.without).flat_map(|group| *group) {
        assert!(declared.contains(name), "{name} is not a dependency");
    }
}

#[test]
fn the_other_crates_of_the_workspace_do_not_know_the_library() {
    let rules = [
        ("entity/src", ["crate::migration", "migration", "session_history", "async_graphql"]),
        ("migration/src", ["entity", "session_history", "async_graphql", "axum"]),
        ("benches/src", ["entity", "migration", "session_history", "sea_orm"]),
    ];
    for (folder, forbidden) in rules {
        for file in production_code(folder) {
            let name = file.path.display();
            for path in &file.paths {
                let known = forbidden.iter().find(|names| begins_with(path, names));
                assert!(
                    known.is_none(),
                    "{name} names {}, which {folder} must not",
                    path.join("::")
                );
            }
        }
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    for folder in ["src", "entity/src", "migration/src"] {
        let circle = circle(&production_code(folder));
        let files = circle.unwrap_or_default().join(" imports ");
        assert!(files.is_empty(), "{folder} has files that import each other: {files}");
    }
}

#[test]
fn only_config_reads_the_environment() {
    for file in production_code("src") {
        let (name, reads) = (file.path.display(), environment_reads(&file).join(", "));
        let is_config = begins_with(&file.module, "config");
        assert!(is_config || reads.is_empty(), "{name} reads the environment: {reads}");
    }
}

#[test]
fn only_legacy_names_the_parameters_of_the_legacy_url() {
    // A mirror is a caller of the legacy URL of another server.
    let may_know = |file: &&SourceFile| {
        ["legacy", "sync::source"].iter().any(|module| begins_with(&file.module, module))
    };
    for file in production_code("src").iter().filter(|file| !may_know(file)) {
        let is_parameter = |text: &&String| {
            text.starts_with("FILTER_") || ["VARS", "OUTPUT_FORMAT"].contains(&text.as_str())
        };
        let parameter = file.texts.iter().find(is_parameter);
        assert_eq!(parameter, None, "{} knows the legacy URL", file.path.display());
    }
}

/// A test gets its kind of database from a macro, the one of which takes a reason.
#[test]
fn no_test_runs_on_one_database_without_a_reason() {
    let harness = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "support");
    for path in sources("tests").into_iter().filter(|path| !harness(path)) {
        let chooses = fs::read_to_string(&path).unwrap().contains(concat!("(DatabaseKind", "::"));
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
