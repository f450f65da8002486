//! What both programs of the suite share: PostgreSQL and SQLite behind one small trait, and times.

pub mod database;
pub mod time;
