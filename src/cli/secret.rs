//! Secrets that stand on no command line.

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::Path,
};

use super::output::{Failure, notice};

/// The maximum size of a file with a secret. It is more than any secret or URL has.
const MAX_BYTES: u64 = 32 * 1024;

/// Reads a secret from standard input: one line of a terminal, else all of it. The line break at
/// its end does not belong to it.
pub(super) fn read_secret() -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        notice("Enter the secret:");
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        return parse(line.as_bytes(), "on standard input");
    }
    parse(&read(io::stdin().lock())?, "on standard input")
}

/// Reads a secret from a file, or from standard input if it is named '-'. Messages call it `name`.
pub(super) fn read_secret_file(path: &Path, name: &str) -> Result<String, Failure> {
    let secret = match path == Path::new("-") {
        true => read_secret()?,
        false => {
            let fail =
                |error: io::Error| format!("cannot read the {name} in {}: {error}", path.display());
            let bytes = File::open(path).and_then(read).map_err(fail)?;
            parse(&bytes, &format!("in {}", path.display()))?
        }
    };
    if secret.trim().is_empty() {
        return Err(format!("the {name} in {} is empty", path.display()).into());
    }
    Ok(secret)
}

fn read(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it has more than {MAX_BYTES} bytes")));
    }
    Ok(bytes)
}

fn parse(bytes: &[u8], place: &str) -> Result<String, Failure> {
    let secret = String::from_utf8_lossy(bytes);
    if secret.contains('\u{FFFD}') {
        return Err(format!("the secret {place} is not UTF-8 text").into());
    }
    let secret = secret.trim_start_matches('\u{FEFF}');
    let secret = secret.strip_suffix('\n').unwrap_or(secret);
    Ok(secret.strip_suffix('\r').unwrap_or(secret).to_owned())
}
