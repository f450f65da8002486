//! The mirror of another server that has the legacy URL: the vendor's or another gateway.
//!
//! `plan` decides which range of starts is requested next, and `span` how long it is. `pass` has both for a start
//! method, and `passes` all of them. `source` sends the request
//! and `body` passes the answer on, bounded in bytes and time. `window` imports the answer and checks that it is
//! whole; only then does the range count as read. `missing` finds sessions that the source does not have any more.
//! `mirror` is the loop around them. Its state is in the database after each answer, so it can be stopped at any
//! moment.
//!
//! The key goes out in the form of a POST request and nowhere else. No message has personal data.

mod body;
pub mod failure;
pub mod mirror;
mod missing;
pub mod observer;
mod pass;
mod passes;
pub mod plan;
pub mod source;
mod span;
mod window;
