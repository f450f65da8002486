//! The question a caller asks: who asks, how often, which sessions, which page.
//!
//! Both front languages (GraphQL and the legacy URL) meet here, and the store answers from here.
//! This module knows no framework: no web server, no GraphQL library, no database.

pub mod account_size;
pub mod audit;
pub mod cursor;
pub mod filter;
pub mod indexed;
pub mod legacy_end;
pub mod legacy_usage;
pub mod name;
pub mod network;
pub mod number;
pub mod page;
pub mod rate;
pub mod read_rate;
pub mod record_outcome;
pub mod search;
pub mod session;
pub mod session_change;
pub mod statistics;
pub mod sync;
pub mod text;
pub mod time;
pub mod viewer;
pub mod words;
