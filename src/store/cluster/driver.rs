//! The drivers of the read connections.
//!
//! Each can cancel a statement whose caller has left, which the libraries do not do. Without it, a
//! statement of an abandoned request goes on to its end, and the number of running statements has
//! no limit. A connection with such a statement is closed and never used again, because a late
//! cancellation would hit its next statement.

mod file;
mod mysql;
mod postgres;
mod read_driver;
mod server;
mod spare_connection;

pub(in crate::store) use file::{File, FileOptions};
pub(in crate::store) use read_driver::ReadDriver;
