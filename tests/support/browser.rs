//! The pages in headless Chromium, which can reach nothing but the server.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Runs a program of `tests/browser/` against a server. Its screenshots are in the folder of the result.
pub fn drive(program: &str, url: &str, key: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let screenshots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    let output = Command::new("node")
        .arg(root.join("tests/browser").join(program))
        .arg(url)
        .arg(&screenshots)
        .env("SESSION_HISTORY_KEY", key)
        .output()
        .expect("node is needed: apt-get install nodejs npm chromium");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    screenshots
}
