//! The file of the sessions that were rejected: corrected by hand, it can be imported again.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use super::{format::Format, problem::Rejection};

/// A file that is created with its first session and is a whole document after each.
///
/// Where a file cannot be written, the next of the paths is tried.
#[derive(Debug)]
pub struct Rejects {
    format: Format,
    paths: std::vec::IntoIter<PathBuf>,
    file: Option<(PathBuf, File)>,
}

/// What became of a rejected session.
#[derive(Debug)]
pub struct PushedRecord {
    /// It is in the file; `false` if none of the paths could be written.
    pub in_file: bool,
    /// The paths that were given up on the way, and why.
    pub unwritable: Vec<(PathBuf, io::Error)>,
}

impl Rejects {
    /// Sessions of a document in `format`, to be written to the first of `paths` that can be written.
    ///
    /// A file that is already there stays until there is a session to write, then it is replaced.
    pub fn new(paths: Vec<PathBuf>, format: Format) -> Self {
        Self { format, paths: paths.into_iter(), file: None }
    }

    /// The file that has rejected sessions.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|(path, _)| path.as_path())
    }

    /// Adds a session, with its position and reason in front of it.
    pub fn push(&mut self, rejection: &Rejection) -> PushedRecord {
        let mut unwritable = Vec::new();
        loop {
            let first = self.file.is_none();
            let (path, mut file) = match self.file.take() {
                Some(open) => open,
                None => match self.paths.next() {
                    None => return PushedRecord { in_file: false, unwritable },
                    Some(path) => match create(&path) {
                        Ok(file) => (path, file),
                        Err(error) => {
                            unwritable.push((path, error));
                            continue;
                        }
                    },
                },
            };
            match self.write(&mut file, first, rejection) {
                Ok(()) => {
                    self.file = Some((path, file));
                    return PushedRecord { in_file: true, unwritable };
                }
                Err(error) => unwritable.push((path, error)),
            }
        }
    }

    fn write(&self, file: &mut File, first: bool, rejection: &Rejection) -> io::Result<()> {
        let mut piece = Vec::new();
        piece.extend_from_slice(if first { self.head() } else { self.separator() });
        match self.format {
            Format::Xml => xml(&mut piece, rejection)?,
            Format::Json => json(&mut piece, rejection)?,
        }
        piece.extend_from_slice(self.tail());
        if !first {
            // The new session takes the place of the document's end, which follows it.
            file.seek(SeekFrom::End(-(self.tail().len() as i64)))?;
        }
        file.write_all(&piece)
    }

    fn head(&self) -> &'static [u8] {
        match self.format {
            Format::Xml => b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>\n<requests>\n",
            Format::Json => b"{\"requests\":[\n",
        }
    }

    fn separator(&self) -> &'static [u8] {
        match self.format {
            Format::Xml => b"\n",
            Format::Json => b",\n",
        }
    }

    fn tail(&self) -> &'static [u8] {
        match self.format {
            Format::Xml => b"\n</requests>\n</response>\n",
            Format::Json => b"\n]}\n",
        }
    }
}

/// Makes a file that its owner alone can read: sessions are personal data.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The position and the reason are written as a comment, which cannot contain two hyphens in a row.
fn xml(piece: &mut Vec<u8>, rejection: &Rejection) -> io::Result<()> {
    let mut why = rejection.to_string();
    while why.contains("--") {
        why = why.replace("--", "- -");
    }
    write!(piece, "<!-- {why} -->\n{}", rejection.raw)
}

/// JSON has no comments: position and reason go in a member that the reader ignores.
fn json(piece: &mut Vec<u8>, rejection: &Rejection) -> io::Result<()> {
    let Some(members) = rejection.raw.strip_prefix('{') else {
        let raw = if rejection.raw.is_empty() { "null" } else { &rejection.raw };
        return piece.write_all(raw.as_bytes());
    };
    let why = serde_json::Value::String(rejection.to_string());
    let comma = if members.trim_start().starts_with('}') { "" } else { "," };
    write!(piece, "{{\"rejected_because\":{why}{comma}{members}")
}
