//! What users can rely on, one file a behaviour, against the production router and binary.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod model;
mod support;

mod architecture;
mod commands;
mod demo;
mod graphql_model;
mod import;
mod legacy_model;
mod legacy_url;
mod paging;
mod schema;
mod tenancy;
