//! Webhooks: each change of an account is posted to a URL, in order, until the receiver takes it.
//!
//! A message has the headers and the signature of Standard Webhooks.

pub mod address;
pub mod deliver;
pub mod message;
pub mod page;
pub mod send;
