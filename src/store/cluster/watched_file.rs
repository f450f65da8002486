//! Whether the file of an embedded database is still the one that was opened.
//!
//! An open connection goes on with a file that was deleted or replaced, and new connections open the new
//! file, where the same account numbers may belong to other accounts. So the file is checked after each
//! statement, before its rows are used. The file is opened once and stays open: closing any descriptor
//! of a file releases the locks that SQLite holds on it in this process.

use std::{
    fmt,
    fs::{File, Metadata, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
};

/// The number in the header of each database file of the gateway ("SHGW"), by which SQLite knows the
/// program that owns a file.
pub(super) const APPLICATION_ID: u32 = 0x5348_4757;

/// The length of the header of a database file, and what it begins with.
const HEADER: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";

/// A file that is open, and what it was like when it was opened.
pub(in crate::store) struct WatchedFile {
    path: PathBuf,
    file: Mutex<File>,
    identity: Identity,
    mark: Mark,
    /// The write-ahead log beside the file, which stays the same while the file is open.
    log: OnceLock<Identity>,
    /// The time of the last change after which the header was read, in nanoseconds.
    checked: AtomicI64,
    /// The size at that time. A file system can cut a file a while before it changes the time.
    size: AtomicU64,
    /// What is wrong with the file. It stays: only a file that is opened anew is used again.
    fault: OnceLock<FileFault>,
    /// The size that was too small at the last look.
    short: Mutex<Option<u64>>,
    /// The same file, opened earlier, whose descriptor must not be closed.
    _earlier: Option<Arc<WatchedFile>>,
}

/// The device and the number of a file, which a renamed file keeps and a new file does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64);

/// The application and the random number of a database, from the header of its file.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark {
    application: u32,
    database: u32,
}

/// What happened to the file of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum FileFault {
    Missing,
    Replaced,
    Damaged,
    Unreadable,
}

impl fmt::Display for FileFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Missing => "was deleted or moved away",
            Self::Replaced => "was replaced by another file",
            Self::Damaged => "was overwritten or cut",
            Self::Unreadable => "cannot be read",
        })
    }
}

struct Header([u8; HEADER]);

impl Header {
    fn number(&self, at: usize) -> u32 {
        self.0[at..at + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
    }

    fn is_sqlite(&self) -> bool {
        self.0.starts_with(MAGIC)
    }

    fn mark(&self) -> Mark {
        Mark { application: self.number(68), database: self.number(60) }
    }

    /// The size of the file according to the header. None if an old version of SQLite wrote it.
    fn size(&self) -> Option<u64> {
        let page = self.number(16) >> 16;
        let page = if page == 1 { 65_536 } else { u64::from(page) };
        (self.number(24) == self.number(92)).then(|| page * u64::from(self.number(28)))
    }
}

impl WatchedFile {
    /// Opens a file, which must exist. `earlier` is the file that was open before.
    ///
    /// # Errors
    /// When it cannot be read and written.
    pub(super) fn open(path: &Path, earlier: Option<&Arc<Self>>) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let metadata = file.metadata()?;
        let (identity, checked) = (Identity::of(&metadata), changed_at(&metadata));
        let mark = header(&mut file).map_or(Mark { application: 0, database: 0 }, |it| it.mark());
        Ok(Self {
            path: std::path::absolute(path)?,
            file: Mutex::new(file),
            identity,
            mark,
            log: OnceLock::new(),
            checked: AtomicI64::new(checked),
            size: AtomicU64::new(metadata.len()),
            fault: OnceLock::new(),
            short: Mutex::default(),
            _earlier: earlier.filter(|earlier| earlier.identity == identity).cloned(),
        })
    }

    pub(in crate::store) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file says that it is one of the gateway.
    pub(super) fn is_marked(&self) -> bool {
        self.mark.application == APPLICATION_ID
    }

    /// Whether no fault of the file is known.
    pub(super) fn is_usable(&self) -> bool {
        self.fault.get().is_none()
    }

    /// What is wrong with the file, as far as it is known.
    fn fault(&self) -> Option<FileFault> {
        self.fault.get().copied()
    }

    /// Checks that the file is a whole database of the gateway, which takes the place of `before`.
    ///
    /// # Errors
    /// When it is not, with the reason and what to do.
    pub(super) fn check_successor(&self, before: &Self) -> Result<(), String> {
        if self.identity == before.identity && before.fault() == Some(FileFault::Damaged) {
            // Closing the connections may write pages of the earlier database into it.
            return Err("it was changed in place, so pages of two databases may be mixed; copy a backup \
                        into the folder, remove the files that end in -wal and -shm, and rename the \
                        copy"
                .to_owned());
        }
        let header = header(&mut self.file.lock().unwrap_or_else(PoisonError::into_inner));
        let header = header.ok().filter(|header| header.mark().application == APPLICATION_ID);
        let Some(header) = header.filter(Header::is_sqlite) else {
            return Err("it is not a database file of the gateway; restore a backup".to_owned());
        };
        let size = self.named().map(|metadata| metadata.len()).unwrap_or_default();
        if header.size().is_some_and(|expected| size < expected) {
            return Err("it is shorter than its header says; restore a backup".to_owned());
        }
        // An empty log does no harm.
        let log = std::fs::metadata(self.log_path()).ok().filter(|log| log.len() > 0);
        let log = log.map(|log| Identity::of(&log));
        if self.identity != before.identity && log.is_some() && log == before.log.get().copied() {
            return Err(format!(
                "{} belongs to the earlier file; remove it, and the file that ends in -shm",
                self.log_path().display()
            ));
        }
        Ok(())
    }

    /// The path of the write-ahead log.
    pub(in crate::store) fn log_path(&self) -> PathBuf {
        let mut path = self.path.as_os_str().to_owned();
        path.push("-wal");
        path.into()
    }

    /// Checks that the path still names this file, and reads its header if the file was changed.
    ///
    /// # Errors
    /// When the file cannot be used any more.
    pub(in crate::store) fn check(&self) -> Result<(), FileFault> {
        let metadata = match self.named() {
            Ok(metadata) => metadata,
            Err(fault) => return Err(*self.fault.get_or_init(|| fault)),
        };
        if self.log.get().is_none()
            && let Some(log) = Identity::at(&self.log_path())
        {
            let _ = self.log.set(log);
        }
        let changed = changed_at(&metadata);
        if let Some(fault) = self.fault() {
            return Err(fault);
        }
        if changed == self.checked.load(Relaxed) && metadata.len() == self.size.load(Relaxed) {
            return Ok(());
        }
        self.check_header()?;
        self.checked.store(changed, Relaxed);
        Ok(())
    }

    /// Checks the file as a task does twice a second: its header in any case, and its size. A file that
    /// is shorter than its header says was cut, unless it grows: SQLite writes the header first.
    ///
    /// # Errors
    /// When the file cannot be used any more.
    pub(in crate::store) fn look(&self) -> Result<(), FileFault> {
        self.check()?;
        let header = self.check_header()?;
        let size = self.named().map(|metadata| metadata.len()).unwrap_or_default();
        let short = header.size().is_some_and(|expected| size < expected).then_some(size);
        let mut before = self.short.lock().unwrap_or_else(PoisonError::into_inner);
        if short.is_some() && *before == short {
            return Err(*self.fault.get_or_init(|| FileFault::Damaged));
        }
        *before = short;
        Ok(())
    }

    fn check_header(&self) -> Result<Header, FileFault> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let size = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
        let before = self.size.swap(size, Relaxed);
        // SQLite writes the header before it makes the file shorter.
        let is_cut = |header: &Header| {
            size < before && header.size().is_some_and(|expected| size < expected)
        };
        match header(&mut file) {
            Ok(header) if header.is_sqlite() && header.mark() == self.mark && !is_cut(&header) => {
                Ok(header)
            }
            _ => Err(*self.fault.get_or_init(|| FileFault::Damaged)),
        }
    }

    /// What the path names, if it is this file.
    fn named(&self) -> Result<Metadata, FileFault> {
        match std::fs::metadata(&self.path) {
            Ok(metadata) if Identity::of(&metadata) == self.identity => Ok(metadata),
            Ok(_) => Err(FileFault::Replaced),
            Err(failure) if failure.kind() == io::ErrorKind::NotFound => Err(FileFault::Missing),
            Err(_) => Err(FileFault::Unreadable),
        }
    }
}

fn header(file: &mut File) -> io::Result<Header> {
    let mut header = [0; HEADER];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut header)?;
    Ok(Header(header))
}

impl Identity {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(metadata.dev(), metadata.ino())
    }

    /// The header alone tells files apart.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self(0, 0)
    }

    /// The identity of the file at a path, if there is one.
    fn at(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|metadata| Self::of(&metadata))
    }
}

/// The time of the last change of a file's content, in nanoseconds.
fn changed_at(metadata: &Metadata) -> i64 {
    let since =
        metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::{FileFault, WatchedFile};

    /// A file of two pages with a header that says so, of a database of the gateway.
    fn content() -> Vec<u8> {
        let mut content = vec![0; 8192];
        content[..16].copy_from_slice(super::MAGIC);
        content[16..18].copy_from_slice(&4096_u16.to_be_bytes());
        content[28..32].copy_from_slice(&2_u32.to_be_bytes());
        content[68..72].copy_from_slice(&super::APPLICATION_ID.to_be_bytes());
        content
    }

    #[test]
    fn a_file_that_was_cut_is_noticed_before_its_time_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite3");
        for (size, expected) in [
            (8192, Ok(())),
            (12_288, Ok(())),
            (4096, Err(FileFault::Damaged)),
            (0, Err(FileFault::Damaged)),
        ] {
            fs::write(&path, content()).unwrap();
            let time = fs::metadata(&path).unwrap().modified().unwrap();
            let watched = WatchedFile::open(&path, None).unwrap();
            assert_eq!(watched.check(), Ok(()));
            let file = File::options().write(true).open(&path).unwrap();
            file.set_len(size).unwrap();
            file.set_modified(time).unwrap();
            assert_eq!(watched.check(), expected, "{size}");
        }
    }

    #[test]
    fn a_file_that_grows_after_its_header_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite3");
        let mut content = content();
        fs::write(&path, &content).unwrap();
        let watched = WatchedFile::open(&path, None).unwrap();
        content[28..32].copy_from_slice(&3_u32.to_be_bytes());
        let mut file = File::options().write(true).open(&path).unwrap();
        std::io::Write::write_all(&mut file, &content).unwrap();
        assert_eq!(watched.check(), Ok(()));
        file.set_len(12_288).unwrap();
        assert_eq!(watched.check(), Ok(()));
    }
}
