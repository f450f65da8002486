//! Node.js, for which the public audits and graphql-js are written.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, OnceLock, PoisonError},
};

/// Runs one of the programs of `tests/graphql_http`, with the packages that its lock file names.
pub fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| folder_with_packages("tests/graphql_http"));
    start(folder, "node", arguments, environment)
}

/// A folder with a lock file, after the packages are installed as the lock file has them.
pub fn folder_with_packages(folder: &str) -> PathBuf {
    // Two tests that need the same packages must not install them at the same time.
    static INSTALLS: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLS.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let changed = |file: &str| folder.join(file).metadata().and_then(|it| it.modified()).ok();
    // npm writes this file at the end of an installation.
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_none() || installed < changed("package-lock.json") {
        let output = start(&folder, "npm", &["ci", "--no-audit", "--no-fund"], &[]);
        assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
    }
    folder
}

fn start(folder: &Path, program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).envs(environment.iter().copied());
    command.output().unwrap_or_else(|error| {
        panic!(
            "cannot run {program}: {error}. The tests with programs in JavaScript need Node.js 20 or \
             later with npm: install it from your system's packages ('apt install nodejs npm', \
             'brew install node') or from nodejs.org."
        )
    })
}
