//! The database: what is kept, and how it is asked.
//!
//! Reads go through [`Reads`], which is a pool or one snapshot of it, so that every question of
//! a request may be answered from one state. Each read of the history takes the account. Nothing
//! here knows GraphQL, HTTP, or the legacy names.

use std::sync::Arc;

use crate::error::Result;

pub mod account;
pub mod api_key;
pub mod chat_message;
pub mod child;
pub mod connect;
pub mod custom_field;
mod failure;
pub mod filter;
pub mod history;
mod host;
mod hosts;
mod kept;
mod keyset;
pub mod overview;
mod probe;
pub mod reads;
pub mod rows;
pub mod schema;
pub mod session;
mod shelf;
mod start;
pub mod technician;
mod urls;
pub mod video;
pub mod writes;

pub use connect::Options;
pub use reads::Reads;
pub use rows::{Column, Row, Rows};

/// The database, opened: one host of it or several, each with connections that read, that read
/// for long answers, and that write.
#[derive(Clone, Debug)]
pub struct Store {
    hosts: Arc<hosts::Hosts>,
}

impl Store {
    /// Whether the database answers, on whichever host.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        self.hosts.ping().await
    }
}
