//! A gateway over remote-support session history.
//!
//! It stores the history in a database and serves it through GraphQL and through the legacy URL.
//! ARCHITECTURE.md has the map of the modules and what each must not know.

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod error;
pub mod export;
pub mod graphql;
pub mod history;
pub mod http;
pub mod ingest;
pub mod jobs;
pub mod legacy;
pub mod metrics;
pub mod outgoing;
pub mod store;
pub mod sync;
pub mod telemetry;
pub mod traces;
pub mod webhook;
