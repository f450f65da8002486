//! The programs of the servers, and how they are called.

use std::{
    ffi::{OsStr, OsString},
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use crate::support::database::DatabaseKind;

/// Who runs the servers where tests are run by root, whom the servers refuse.
const NOBODY: u32 = 65534;

/// Gives a folder to the user that runs servers.
pub fn give_away(folder: &Path) {
    if folder.metadata().unwrap().uid() == 0 {
        chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

/// Makes an empty server in an empty folder.
pub fn install(kind: DatabaseKind, folder: &Path) {
    give_away(folder);
    let data = folder.join("data");
    let mut command = match kind {
        DatabaseKind::Postgres => {
            let mut command = Command::new("initdb");
            // Texts are sorted as in a language, unless the schema says otherwise.
            let locale = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"];
            let user = ["--username=root", "--auth=trust", "--no-sync", "--encoding=UTF8"];
            command.args(locale).args(user).arg("--pgdata").arg(data);
            command
        }
        _ => {
            let mut command = Command::new("mariadb-install-db");
            let user = ["--no-defaults", "--auth-root-authentication-method=normal"];
            command.args(user).args(["--skip-test-db", "--innodb-flush-method=nosync"]);
            command.arg(option("--datadir", data.as_os_str()));
            command.arg(option("--tmpdir", folder.as_os_str()));
            command
        }
    };
    as_owner(&mut command, folder);
    let output = command.output().unwrap_or_else(|failure| {
        let program = command.get_program().display();
        panic!("cannot run {program} ({failure}): apt-get install postgresql mariadb-server")
    });
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The command line of the server in a folder, with more options, at an address and a port or only
/// at a socket in the folder.
pub fn server(
    kind: DatabaseKind,
    folder: &Path,
    listen: Option<(&str, u16)>,
    options: &[String],
) -> Vec<OsString> {
    let address = listen.map_or("", |(address, _)| address);
    let data = folder.join("data");
    // Nothing has to outlive the machine.
    match kind {
        DatabaseKind::Postgres => {
            let mut words = vec!["postgres".into(), "-D".into(), data.into(), "-k".into()];
            words.push(folder.into());
            for setting in [
                &format!("listen_addresses={address}"),
                &format!("port={}", listen.map_or(5432, |(_, port)| port)),
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "max_connections=1000",
                "shared_buffers=64MB",
                "autovacuum=off",
            ] {
                words.extend(["-c".into(), setting.into()]);
            }
            for option in options {
                words.extend(["-c".into(), option.into()]);
            }
            words
        }
        _ => {
            let mut words: Vec<OsString> = vec!["mariadbd".into(), "--no-defaults".into()];
            words.push(option("--datadir", data.as_os_str()));
            words.push(option("--tmpdir", folder.as_os_str()));
            words.push(option("--socket", folder.join("socket").as_os_str()));
            words.push(option("--pid-file", folder.join("pid").as_os_str()));
            words.push(match listen {
                Some((_, port)) => format!("--port={port}").into(),
                None => "--skip-networking".into(),
            });
            words.push(format!("--bind-address={address}").into());
            words.extend(
                [
                    "--character-set-server=utf8mb4",
                    "--max-connections=1000",
                    "--innodb-buffer-pool-size=64M",
                    "--innodb-flush-log-at-trx-commit=0",
                    "--innodb-flush-method=nosync",
                    "--innodb-doublewrite=0",
                    "--skip-log-bin",
                ]
                .map(OsString::from),
            );
            words.extend(options.iter().map(|option| format!("--{option}").into()));
            words
        }
    }
}

fn option(name: &str, value: &OsStr) -> OsString {
    let mut option = OsString::from(name);
    option.push("=");
    option.push(value);
    option
}

/// Lets a command run in a folder as the folder's owner, with the servers' programs in reach, and
/// out of reach of what a terminal sends to a test.
#[expect(clippy::disallowed_methods, reason = "where programs are")]
pub fn as_owner<'a>(command: &'a mut Command, folder: &Path) -> &'a mut Command {
    let owner = folder.metadata().unwrap();
    let mut places: Vec<_> =
        std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    // Debian's places, which are not in the PATH of every user.
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    places.extend(versions.map(|version| version.path().join("bin")));
    places.push("/usr/sbin".into());
    command
        .env("PATH", std::env::join_paths(places).unwrap())
        .current_dir(folder)
        .uid(owner.uid())
        .gid(owner.gid())
        .process_group(0)
        .stdin(Stdio::null())
}
