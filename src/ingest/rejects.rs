//! The file of the sessions that could not be taken: mended by hand, it can be imported again.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    path::PathBuf,
};

use super::{problem::Rejection, reader::Format};

/// A file that comes into being with its first session and is a whole document after each.
#[derive(Debug)]
pub struct Rejects {
    path: PathBuf,
    format: Format,
    file: Option<File>,
    count: u64,
}

impl Rejects {
    /// Sessions of a document in `format`, to be kept in the file `path`.
    ///
    /// A file that is already there stays until there is a session to keep, then it is replaced.
    pub fn new(path: PathBuf, format: Format) -> Self {
        Self { path, format, file: None, count: 0 }
    }

    /// How many sessions it holds.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Adds a session, with its place and reason in front of it.
    ///
    /// # Errors
    /// If the file cannot be created or written.
    pub fn push(&mut self, rejection: &Rejection) -> io::Result<()> {
        let mut piece = Vec::new();
        piece.extend_from_slice(if self.file.is_some() { self.separator() } else { self.head() });
        match self.format {
            Format::Xml => xml(&mut piece, rejection)?,
            Format::Json => json(&mut piece, rejection)?,
        }
        piece.extend_from_slice(self.tail());
        let tail = self.tail().len() as i64;
        let file = match &mut self.file {
            Some(file) => {
                // The end of the document moves back behind the new session.
                file.seek(SeekFrom::End(-tail))?;
                file
            }
            none => none.insert(File::create(&self.path)?),
        };
        file.write_all(&piece)?;
        self.count += 1;
        Ok(())
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

/// Place and reason go in a comment, which must not hold two hyphens in a row.
fn xml(piece: &mut Vec<u8>, rejection: &Rejection) -> io::Result<()> {
    let mut why = rejection.to_string();
    while why.contains("--") {
        why = why.replace("--", "- -");
    }
    write!(piece, "<!-- {why} -->\n{}", rejection.raw)
}

/// JSON has no comments: place and reason go in a member that the reader does not know.
fn json(piece: &mut Vec<u8>, rejection: &Rejection) -> io::Result<()> {
    let Some(members) = rejection.raw.strip_prefix('{') else {
        return piece.write_all(rejection.raw.as_bytes());
    };
    let why = serde_json::Value::String(rejection.to_string());
    let comma = if members.trim_start().starts_with('}') { "" } else { "," };
    write!(piece, "{{\"rejected_because\":{why}{comma}{members}")
}
