//! What breaks a rule.

use std::collections::BTreeMap;

use super::{
    imports::{SourceFile, imports},
    map::Part,
};

/// Whether a path begins with these names, which are joined by `::`.
pub fn begins_with(path: &[String], names: &str) -> bool {
    let mut path = path.iter();
    names.split("::").all(|name| path.next().is_some_and(|it| it == name))
}

/// The names of a path below the root of the library, if it leads there.
pub fn below_root(path: &[String]) -> Option<&[String]> {
    let (root, names) = path.split_first()?;
    ["crate", "session_history"].contains(&root.as_str()).then_some(names)
}

/// What the files break of a map's rules, each with the file, the path that it names, and the rule.
pub fn violations(files: &[SourceFile], map: &[Part]) -> Vec<String> {
    let parts = |file: &SourceFile| {
        let module = file.module.clone();
        map.iter().filter(move |part| begins_with(&module, part.module))
    };
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.module.is_empty()) {
        let name = file.path.display();
        if parts(file).next().is_none() {
            found.push(format!("{name}: the map has no row for its module"));
        }
        for (part, path) in parts(file).flat_map(|part| file.paths.iter().map(move |it| (part, it)))
        {
            let (of, written) = (part.module, path.join("::"));
            let knows = |names: &[String]| {
                std::iter::once(&of).chain(part.knows).any(|known| begins_with(names, known))
            };
            if below_root(path).is_some_and(|names| !knows(names)) {
                let knows =
                    if part.knows.is_empty() { "no other module" } else { &*part.knows.join(", ") };
                found.push(format!("{name} names {written}, but {of} may know: {knows}"));
            }
            if part.without.iter().any(|group| group.contains(&path[0].as_str())) {
                found.push(format!("{name} names {written}, but {of} must not know {}", path[0]));
            }
        }
    }
    found
}

/// Files that import each other in a circle, the first of them again at the end.
pub fn circle(files: &[SourceFile]) -> Option<Vec<String>> {
    let mut left = imports(files);
    loop {
        let free: Vec<_> = left
            .iter()
            .filter(|(_, named)| !named.iter().any(|file| left.contains_key(file)))
            .map(|(file, _)| *file)
            .collect();
        if free.is_empty() {
            break;
        }
        left.retain(|file, _| !free.contains(file));
    }
    // Each file that is left imports one that is left.
    let next: BTreeMap<_, _> = left
        .iter()
        .filter_map(|(file, named)| Some((*file, *named.iter().find(|it| left.contains_key(*it))?)))
        .collect();
    let mut walk = vec![*next.keys().next()?];
    loop {
        let file = next[walk.last()?];
        if let Some(start) = walk.iter().position(|seen| *seen == file) {
            walk.push(file);
            return Some(walk[start..].iter().map(|module| module.join("::")).collect());
        }
        walk.push(file);
    }
}

/// What of a file reads an environment variable.
pub fn environment_reads(file: &SourceFile) -> Vec<String> {
    let functions = ["std::env::var", "std::env::var_os", "std::env::vars", "std::env::vars_os"];
    let called = |path: &&Vec<String>| functions.iter().any(|names| begins_with(path, names));
    let calls = file.paths.iter().filter(called).map(|path| path.join("::"));
    let settings = file.attributes.contains(&["arg".to_owned(), "env".to_owned()]);
    calls.chain(settings.then(|| "#[arg(env)]".to_owned())).collect()
}
