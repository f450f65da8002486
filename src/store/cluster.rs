//! The servers of the database: addresses, connections, probes and failover.
//!
//! Nothing here knows a table. A file of this folder uses only files that stand before it here:
//! `failure`, `timeouts`, `watched_file`, `observer`, `urls`, `session_settings`, `rows`, `statement`, `driver`,
//! `fair_queue`, `pool`,
//! `read_pool`, `probe`,
//! `check`, `host`, `notices`, `hosts`, `failover`, `wait`, `sqlite_file`, `connect`.

mod check;
mod connect;
mod driver;
mod failover;
mod failure;
mod fair_queue;
mod host;
mod hosts;
mod notices;
mod observer;
mod pool;
mod probe;
mod read_pool;
mod rows;
mod session_settings;
mod sqlite_file;
mod statement;
mod timeouts;
mod urls;
mod wait;
mod watched_file;

pub use connect::Options;
pub(super) use connect::{connect, reopen, unlimited_connection};
pub(super) use failover::Failover;
pub(super) use failure::{is_missing_table, is_transient, summary};
pub(super) use fair_queue::Account;
pub(super) use host::Host;
pub use hosts::HostUsage;
pub(super) use hosts::Hosts;
pub(super) use notices::{Notices, notify};
pub use observer::{Event, JobEnd, Observer};
pub(super) use read_pool::{ReadPool, ReadTransaction};
pub(super) use rows::MadeValue;
pub use rows::{Row, Rows};
pub(super) use sqlite_file::BUSY_TIMEOUT;
pub(super) use statement::ReadStatement;
pub use urls::{Engine, Pooling};
