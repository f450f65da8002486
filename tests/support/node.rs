//! Node.js, for which the public audits and graphql-js are written.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// The folder of the programs and of their lock file.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graphql_http")
}

/// Runs one of the programs, with the packages that its lock file names.
pub fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(install);
    start("node", arguments, environment)
}

fn start(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder()).envs(environment.iter().copied());
    command.output().unwrap_or_else(|error| {
        panic!(
            "cannot run {program}: {error}. The public audits of GraphQL over HTTP and the judge \
             of validity need Node.js 20 or later with npm: install it from your system's packages \
             ('apt install nodejs npm', 'brew install node') or from nodejs.org."
        )
    })
}

/// Installs the packages as the lock file has them, unless that was done already.
fn install() {
    let changed = |file: &str| folder().join(file).metadata().and_then(|it| it.modified()).ok();
    // npm writes this file at the end of an installation.
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return;
    }
    let output = start("npm", &["ci", "--no-audit", "--no-fund"], &[]);
    assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
}
