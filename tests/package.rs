//! The Debian package that `scripts/package` makes.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

use tempfile::TempDir;

use crate::support::process::Server;

const GATEWAY: &str = env!("CARGO_BIN_EXE_session-history");

/// What the package installs, below a folder instead of `/`, with the files for dpkg in `DEBIAN`.
static ROOT: LazyLock<TempDir> = LazyLock::new(|| {
    let made = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/package"))
        .args(["--binary", GATEWAY])
        .env("DPKG_DEB_COMPRESSOR_TYPE", "gzip")
        .output();
    let files = text_of(made.unwrap());
    let package = files.lines().find(|file| file.ends_with(".deb")).unwrap();
    let root = tempfile::tempdir().unwrap();
    // Another user reads it.
    fs::set_permissions(&root, PermissionsExt::from_mode(0o755)).unwrap();
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join(package);
    text_of(Command::new("dpkg-deb").arg("-R").arg(package).arg(root.path()).output().unwrap());
    root
});

fn text_of(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn installed(path: &str) -> PathBuf {
    ROOT.path().join(path)
}

fn unit() -> PathBuf {
    installed("lib/systemd/system/session-history.service")
}

#[test]
fn the_settings_are_a_file_that_an_upgrade_keeps_and_only_root_reads() {
    let settings = "etc/session-history/session-history.toml";
    let kept = fs::read_to_string(installed("DEBIAN/conffiles")).unwrap();
    assert_eq!(kept.trim(), format!("/{settings}"));
    assert_eq!(installed(settings).metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn each_command_has_a_manual_page() {
    let help = text_of(Command::new(GATEWAY).arg("help").output().unwrap());
    let commands = help.split("Commands:\n").nth(1).unwrap().lines().map_while(|line| {
        line.strip_prefix("  ").map(|line| line.split(' ').next().unwrap_or_default())
    });
    let commands: Vec<_> = commands.filter(|name| !["", "help"].contains(name)).collect();
    assert!(commands.contains(&"serve"), "{commands:?}");
    for command in commands {
        let page = installed(&format!("usr/share/man/man1/session-history-{command}.1.gz"));
        let page = text_of(Command::new("gzip").arg("-dc").arg(page).output().unwrap());
        assert!(page.contains(".SH DESCRIPTION"), "{page}");
    }
    assert!(installed("usr/share/man/man1/session-history.1.gz").exists());
}

#[test]
fn the_documents_are_in_the_folders_that_their_links_name() {
    let documents = installed("usr/share/doc/session-history");
    let named =
        ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "schema.graphql", "benches/README.md"];
    for file in named.into_iter().chain(["docs", "monitoring", "LICENSE-APACHE", "LICENSE-MIT"]) {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        text_of(
            Command::new("diff").arg("-r").arg(source).arg(documents.join(file)).output().unwrap(),
        );
    }
    let changelog = Command::new("gzip").arg("-dc").arg(documents.join("changelog.gz")).output();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md");
    assert_eq!(text_of(changelog.unwrap()), fs::read_to_string(source).unwrap());
}

#[test]
fn shells_complete_commands_and_their_flags() {
    let script = installed("usr/share/bash-completion/completions/session-history");
    for (line, expected) in [
        ("session-history imp", "import"),
        ("session-history sync --k", "--key-file"),
        ("session-history account add", "add-search"),
        ("session-history account add-search --conf", "--config"),
    ] {
        let complete = format!(
            "source {}; COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             $(complete -p session-history | sed 's/.*-F \\([^ ]*\\).*/\\1/') \
             session-history \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"; \
             echo \"${{COMPREPLY[@]}}\"",
            script.display()
        );
        let found = text_of(Command::new("bash").args(["-c", &complete]).output().unwrap());
        assert_eq!(found.trim(), expected, "{line}");
    }
    assert!(installed("usr/share/zsh/vendor-completions/_session-history").exists());
    assert!(installed("usr/share/fish/vendor_completions.d/session-history.fish").exists());
}

#[test]
fn the_service_serves_as_a_user_without_rights() {
    let unit = fs::read_to_string(unit()).unwrap();
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let state = tempfile::tempdir().unwrap();
    let credentials = tempfile::tempdir().unwrap();
    let settings = fs::read_to_string(installed("etc/session-history/session-history.toml"));
    // What the machine gives elsewhere: the folder of the state, and a free port.
    let settings =
        settings.unwrap().replace("/var/lib/session-history", &state.path().to_string_lossy());
    let settings = settings.replace("127.0.0.1:8080", "127.0.0.1:0");
    fs::write(credentials.path().join("session-history.toml"), settings).unwrap();
    let start = start
        .replace("${CREDENTIALS_DIRECTORY}", &credentials.path().to_string_lossy())
        .replace("/usr/bin/", &format!("{}/", installed("usr/bin").display()));
    let user = text_of(Command::new("id").arg("-u").output().unwrap());
    let as_user = match user.trim() {
        "0" => "setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs",
        _ => "setpriv --no-new-privs",
    };
    if user.trim() == "0" {
        chown(state.path(), Some(65534), Some(65534)).unwrap();
        chown(credentials.path(), Some(65534), Some(65534)).unwrap();
    }
    let start = format!("{as_user} {start}");
    let (program, arguments) = start.split_once(' ').unwrap();
    let mut command = Command::new(program);
    command.args(arguments.split(' ')).env_clear().env("PATH", "/usr/bin").current_dir("/");
    let server = Server::of(command, "GraphQL ");
    let live = format!("{}/health/live", server.url);
    text_of(Command::new("curl").args(["-gsSf", &live]).output().unwrap());
    assert!(state.path().join("history.sqlite3").exists());
}

#[test]
fn systemd_finds_little_that_the_service_may_do() {
    // 0 is nothing, 10 is everything; most services have more than 9. The figure is in tenths.
    text_of(
        Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--no-pager", "--threshold=20"])
            .arg(unit())
            .output()
            .unwrap(),
    );
}
