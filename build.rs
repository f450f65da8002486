//! Bundles the pages of `web/` into `OUT_DIR/pages`, and lists their files in `OUT_DIR/pages.rs` for `http::assets`
//! to embed.
//!
//! Without npm, or when npm fails, the build goes on with one page that says what is missing.
//! `SESSION_HISTORY_PAGES=skip` leaves the pages out on purpose.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script through variables")]

use std::{
    env,
    error::Error,
    fmt::Display,
    fs::{self, File},
    io::{self, ErrorKind},
    path::Path,
    process::{Command, Output},
    time::SystemTime,
};

const INPUTS: [&str; 5] =
    ["build.rs", "web/build.mjs", "web/package.json", "web/package-lock.json", "web/src"];
const SWITCH: &str = "SESSION_HISTORY_PAGES";
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Where a package manager puts npm without a change of `PATH`.
const USUAL_PLACES: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

/// The number of lines of npm's output in a warning.
const SHOWN_LINES: usize = 12;

enum Failure {
    Skipped,
    NoNpm,
    Npm(String),
}

fn main() -> Result<(), Box<dyn Error>> {
    for input in INPUTS {
        println!("cargo::rerun-if-changed={input}");
    }
    println!("cargo::rerun-if-env-changed={SWITCH}");

    let out_dir = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let pages = Path::new(&out_dir).join("pages");
    if let Err(failure) = bundle(&pages) {
        report(&failure, &pages);
        write_substitute(&failure, &pages)?;
    }
    fs::write(pages.with_extension("rs"), list(&pages)?)?;
    Ok(())
}

fn bundle(pages: &Path) -> Result<(), Failure> {
    if env::var(SWITCH).is_ok_and(|value| value == "skip") {
        return Err(Failure::Skipped);
    }

    // Two builds at the same time would delete each other's packages. On Windows such a lock would
    // keep npm from reading the file.
    let lock = File::open("web/package-lock.json")?;
    if cfg!(unix) {
        lock.lock()?;
    }
    if !installed() {
        npm(Command::new(NPM).args([
            "ci",
            "--ignore-scripts",
            "--include=dev",
            "--prefer-offline",
            "--no-audit",
            "--no-fund",
            "--no-progress",
        ]))?;
    }
    npm(Command::new(NPM).args(["run", "--silent", "build", "--"]).arg(pages))?;
    if pages.join("start.html").is_file() {
        Ok(())
    } else {
        Err(Failure::Npm("npm made no pages.".to_owned()))
    }
}

/// Whether the installed packages are those of the lock file. npm writes its own record last.
fn installed() -> bool {
    let changed = |path| -> io::Result<SystemTime> { fs::metadata(path)?.modified() };
    match (changed("web/node_modules/.package-lock.json"), changed("web/package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    }
}

fn npm(command: &mut Command) -> Result<(), Failure> {
    match command.current_dir("web").output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(Failure::Npm(said(&output))),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Failure::NoNpm),
        Err(error) => Err(error.into()),
    }
}

fn said(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines = String::from_utf8_lossy(&output.stdout);
    let all = errors.lines().chain(lines.lines()).filter(|line| !line.trim().is_empty());
    let shown: Vec<&str> = all.take(SHOWN_LINES).collect();
    format!("npm failed ({}):\n{}", output.status, shown.join("\n"))
}

/// Prints warnings, and makes cargo try again later.
fn report(failure: &Failure, pages: &Path) {
    match failure {
        Failure::Skipped => return,
        Failure::NoNpm => {
            println!("cargo::rerun-if-env-changed=PATH");
            for place in USUAL_PLACES.iter().filter(|place| Path::new(place).is_dir()) {
                println!("cargo::rerun-if-changed={place}");
            }
        }
        // A file that never exists: the next build tries again.
        Failure::Npm(_) => println!("cargo::rerun-if-changed={}", pages.join("retry").display()),
    }
    println!(
        "cargo::warning=The server is built without its pages for browsers; everything else works."
    );
    for line in failure.to_string().lines() {
        println!("cargo::warning={line}");
    }
    println!("cargo::warning={SWITCH}=skip leaves the pages out without these warnings.");
}

fn write_substitute(failure: &Failure, pages: &Path) -> io::Result<()> {
    if pages.exists() {
        fs::remove_dir_all(pages)?;
    }
    fs::create_dir_all(pages)?;

    // The output of npm can have paths of the build machine, which the page must not show.
    let reason = match failure {
        Failure::Skipped => "SESSION_HISTORY_PAGES=skip was set for the build.",
        Failure::NoNpm => "npm was not found on the machine that built the server.",
        Failure::Npm(_) => "npm failed. The warnings of the build show its output.",
    };
    let template = fs::read_to_string("web/src/missing.html")?;
    fs::write(pages.join("missing.html"), template.replace("{{REASON}}", reason))
}

/// A Rust expression for all files of the pages: a slice of names and contents, sorted by name.
fn list(pages: &Path) -> io::Result<String> {
    let mut names = names_in(pages, "")?;
    names.extend(names_in(&pages.join("assets"), "assets/")?);
    names.sort();

    let mut entries = String::from("&[\n");
    for name in names {
        let path = format!(r#"concat!(env!("OUT_DIR"), "/pages/{name}")"#);
        entries += &format!("(\"{name}\", include_bytes!({path})),\n");
    }
    Ok(entries + "]")
}

fn names_in(folder: &Path, prefix: &str) -> io::Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(format!("{prefix}{}", entry.file_name().to_string_lossy()));
        }
    }
    Ok(names)
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Skipped => write!(formatter, "{SWITCH} is set to skip."),
            Self::NoNpm => formatter.write_str(
                "npm was not found: install Node.js 18 or newer with npm and build again.",
            ),
            Self::Npm(said) => write!(formatter, "{said}\nThe next build tries again."),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Npm(error.to_string())
    }
}
