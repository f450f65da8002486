//! Ending a statement whose caller has left.
//!
//! The drivers do not do this. Without it, a statement of an abandoned request goes on to its end,
//! and the number of running statements has no limit. A connection with such a statement is closed
//! and never used again, because a late cancellation would hit its next statement.

mod driver;
mod mysql;
mod postgres;
mod spare_connection;
mod sqlite;

pub(in crate::store) use driver::Cancel;
pub(in crate::store) use spare_connection::SpareConnection;
