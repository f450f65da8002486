//! The database: reads and writes of the history.
//!
//! Reads go through [`Reads`], which uses the pools or one read transaction, so that all reads of a
//! request may see one state. Each read of the history takes the account. Nothing here knows
//! GraphQL, HTTP, or the legacy names.

pub mod account;
pub mod account_size;
pub mod api_key;
pub mod audit;
pub mod backfill;
pub mod backup;
pub mod change_watch;
pub mod child;
mod cluster;
pub mod column;
mod database;
mod file_watch;
pub mod filter;
pub mod follow;
pub mod hold;
pub mod inspection;
pub mod job;
mod keyset;
pub mod legacy_usage;
pub mod memory;
mod next_number;
pub mod order;
pub mod overview;
pub mod page_range;
mod plans;
pub mod query;
pub mod reads;
pub mod removal;
pub mod schema;
pub mod scrub;
mod search;
mod search_plans;
pub mod statistics;
pub mod sync;
pub mod sync_missing;
pub mod table;
mod tokens;
pub mod webhook;
pub mod write_batch;
pub mod writes;

pub use cluster::{Engine, Event, HostUsage, JobEnd, Observer, Options, Pooling};
pub use cluster::{Row, Rows};
pub use column::ColumnRef;
pub use database::Store;
pub use reads::Reads;
