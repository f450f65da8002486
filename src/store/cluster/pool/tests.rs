use std::time::Duration;

use sea_orm::{DbBackend, Statement};
use tokio::time::Instant;

use super::{ConnectionPool, MAX_IDLE, PoolSettings};
use crate::store::cluster::{
    driver::{File, FileOptions},
    fair_queue::Share,
    timeouts::Timeouts,
};

const SHORT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn connections_that_are_not_needed_for_long_are_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite3");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE one (id)").unwrap();
    let settings = PoolSettings {
        session: Default::default(),
        timeouts: Timeouts { connection: SHORT, statement: None, answer: None },
        observers: Default::default(),
    };
    let options = FileOptions { path, busy_timeout: SHORT };
    let pool = ConnectionPool::<File>::new(options, 8, Share::TwoThirds, settings);
    let mut used = Vec::new();
    for _ in 0..3 {
        used.push(pool.connection(pool.permit(None, None).await.unwrap()).await.unwrap());
    }
    used.into_iter().for_each(|connection| pool.release(connection));
    assert_eq!(pool.idle().len(), 3);

    let long_ago = Instant::now().checked_sub(MAX_IDLE).unwrap();
    pool.idle()[0].idle_since = long_ago;
    let read = || {
        let statement = Statement::from_string(DbBackend::Sqlite, "SELECT 1");
        pool.all(None, statement.into(), None)
    };
    read().await.unwrap();
    assert_eq!(pool.idle().len(), 2);

    // The one that is used is not idle.
    pool.idle().iter_mut().for_each(|connection| connection.idle_since = long_ago);
    read().await.unwrap();
    assert_eq!(pool.idle().len(), 1);
    assert!(pool.idle()[0].idle_since > long_ago);
}
