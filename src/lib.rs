//! A gateway over remote-support session history.
//!
//! It keeps the history in a database and serves it through GraphQL and through the legacy URL.
//! ARCHITECTURE.md has the map of the modules and what each must not know.

pub mod demo;
pub mod domain;
pub mod ingest;
