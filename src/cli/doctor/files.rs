//! The file of an SQLite database, its folder and its disk.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::finding::Findings;

const TOPIC: &str = "file";
/// Below this, imports fail soon.
const MIN_FREE: u64 = 100 << 20;
/// From this size on, the write-ahead log does not begin anew.
const MAX_LOG: u64 = 256 << 20;
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;
/// Only the owner of a file may replace it.
const STICKY: u32 = 0o1000;

pub(super) fn check(path: &Path, findings: &mut Findings) {
    let beside = |end: &str| {
        let mut path = path.as_os_str().to_owned();
        path.push(end);
        PathBuf::from(path)
    };
    let log = beside("-wal");
    let before = findings.len();
    for file in [path, &log, &beside("-shm")] {
        let mode = fs::metadata(file).map_or(0, |file| file.permissions().mode());
        if mode & OTHERS != 0 {
            let (file, mode) = (file.display(), mode & 0o777);
            findings.warning(
                TOPIC,
                format!("other users can use {file} (mode {mode:o}): run 'chmod 600 {file}'"),
            );
        }
    }
    let folder = path.parent().unwrap_or(path);
    let mode = fs::metadata(folder).map_or(0, |folder| folder.permissions().mode());
    if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
        let folder = folder.display();
        let text = format!("other users can replace files in {folder}: run 'chmod go-w {folder}'");
        findings.warning(TOPIC, text);
    }
    let length = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let log_bytes = length(&log);
    if log_bytes >= MAX_LOG {
        findings.warning(
            TOPIC,
            format!(
                "{} has {log_bytes} bytes: a program reads for a long time, and the log cannot begin anew",
                log.display()
            ),
        );
    }
    if findings.len() == before {
        findings.ok(TOPIC, "only its owner can use it");
    }
    disk(folder, length(path) + log_bytes, findings);
}

fn disk(folder: &Path, database: u64, findings: &mut Findings) {
    const TOPIC: &str = "disk";
    let free = match rustix::fs::statvfs(folder) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            return findings.warning(TOPIC, format!("its free space is unknown: {error}"));
        }
    };
    let folder = folder.display();
    if free < MIN_FREE {
        let text = format!("{folder} has {free} bytes left: imports fail when it is full");
        findings.problem(TOPIC, text);
    } else if free < database {
        findings.warning(
            TOPIC,
            format!(
                "{folder} has {free} bytes left, and the database has {database}: 'erase', and a backup into this \
                 folder, need as much again"
            ),
        );
    } else {
        findings.ok(TOPIC, format!("{folder} has {free} bytes left"));
    }
}
