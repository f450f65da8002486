//! Opening the file of an embedded database again after it was replaced or damaged.

use std::{
    path::Path,
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::time::sleep;

use super::{
    cluster::{Hosts, Options, reopen},
    database::Store,
    schema::State,
};
use crate::error::{Error, Result};

/// The time between two looks at the file.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// A write-ahead log of this size is logged, and again each time it has doubled.
const LARGE_LOG: u64 = 256 << 20;

impl Store {
    /// Looks at the file of an embedded database twice a second. While it is missing or damaged, or
    /// another file is in its place, requests fail. As soon as a database of the gateway is there, it is
    /// opened, as at a start. Does nothing for a server.
    pub fn watch_file(&self, options: Options) {
        let current = Arc::downgrade(&self.current);
        let (changes, search_plans) = (self.changes.clone(), self.search_plans.clone());
        tokio::spawn(async move {
            let (mut logged, mut limit) = (String::new(), LARGE_LOG);
            loop {
                sleep(LOOK_INTERVAL).await;
                let Some(current) = current.upgrade() else { return };
                let (changes, search_plans) = (changes.clone(), search_plans.clone());
                let store = Self { current, changes, search_plans };
                let hosts = store.hosts();
                let Some(file) = hosts.file() else { return };
                let path = file.path().display();
                let Err(fault) = file.look() else {
                    limit = warn_of_log(&file.log_path(), limit);
                    continue;
                };
                match store.reopen(&options, &hosts).await {
                    Ok(()) => {
                        tracing::info!(%path, "the database file {fault}; the new file is open");
                        logged.clear();
                    }
                    Err(error) => {
                        let reason = error.cause().map_or(error.to_string(), ToString::to_string);
                        if logged != reason {
                            tracing::error!(
                                %path,
                                "the database file {fault}, so requests fail until a database file is \
                                 in its place: {reason}"
                            );
                            logged = reason;
                        }
                    }
                }
            }
        });
    }

    async fn reopen(&self, options: &Options, earlier: &Hosts) -> Result<()> {
        let opened = Self::of(reopen(options, earlier).await?);
        let steps = opened.schema_steps().await?;
        if steps.iter().any(|step| step.state == State::Unknown) {
            return Err(Error::input("its schema is newer than this version of the gateway"));
        }
        if steps.iter().any(|step| step.state == State::Pending) {
            opened.migrate().await?;
        }
        if opened.needs_backfill().await? {
            return Err(Error::input(
                "stored sessions must be updated first: run 'session-history migrate up'",
            ));
        }
        opened.accounts().await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = opened.hosts();
        Ok(())
    }
}

/// Logs that the write-ahead log is large: it grows while a read transaction, such as a slow export,
/// needs an old state. Returns the size at which it is logged next.
fn warn_of_log(path: &Path, limit: u64) -> u64 {
    let bytes = std::fs::metadata(path).map_or(0, |log| log.len());
    let (is_logged, limit) = log_limit(bytes, limit);
    if is_logged {
        let (path, mebibytes) = (path.display(), bytes >> 20);
        tracing::warn!(
            %path,
            mebibytes,
            "the write-ahead log is large: a long export, or another program, reads an old state"
        );
    }
    limit
}

/// Whether a write-ahead log of this size is logged, and the size at which it is logged next.
fn log_limit(bytes: u64, limit: u64) -> (bool, u64) {
    match bytes {
        ..LARGE_LOG => (false, LARGE_LOG),
        _ if bytes >= limit => (true, bytes * 2),
        _ => (false, limit),
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGE_LOG, log_limit};

    #[test]
    fn a_large_log_is_logged_once_and_again_each_time_it_has_doubled() {
        let (mut limit, mut logged) = (LARGE_LOG, Vec::new());
        for mebibytes in [1, 255, 256, 300, 511, 512, 600, 1024, 3000, 10, 400] {
            let (is_logged, next) = log_limit(mebibytes << 20, limit);
            limit = next;
            logged.extend(is_logged.then_some(mebibytes));
        }
        assert_eq!(logged, [256, 512, 1024, 3000, 400]);
    }
}
