//! The limit of open files, which limits the number of connections too.

use super::limits::ConnectionLimits;

/// The number of files that the gateway needs beside its connections: the database, pages, the log.
const RESERVE: usize = 150;

impl ConnectionLimits {
    /// The limits with no more connections than there are open files for, and with the same share of them for an
    /// address. Otherwise a client that opens connections takes the last file, and each new connection has to wait
    /// for another to end.
    #[must_use]
    pub fn within_open_files(self) -> Self {
        let Some(files) = open_files() else { return self };
        let room = files.saturating_sub(RESERVE.min(files / 2)).max(1);
        if self.max_connections <= room {
            return self;
        }
        tracing::warn!(
            open_files = files,
            max_connections = self.max_connections,
            "the limit of open files is too low for max_connections: {room} connections are served at the same time"
        );
        let share = self.max_per_address.saturating_mul(room) / self.max_connections;
        Self { max_connections: room, max_per_address: share.clamp(1, room), ..self }
    }
}

/// The maximum number of open files of this process, if there is one.
#[cfg(unix)]
fn open_files() -> Option<usize> {
    use rustix::process::{Resource, getrlimit};
    usize::try_from(getrlimit(Resource::Nofile).current?).ok()
}

/// Other systems have no such limit.
#[cfg(not(unix))]
fn open_files() -> Option<usize> {
    None
}
