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

mod abandoned_statements;
mod architecture;
mod backfill;
mod backups;
mod base_path;
mod changes;
mod commands;
mod compression;
mod connections;
mod custom_field_names;
mod dashboard;
mod databases;
mod demo;
mod doctor;
mod early_batches;
mod explain;
mod export_memory;
mod fair_connections;
mod fair_exports;
mod foreign_keys;
mod graphql_access;
mod graphql_audit;
mod graphql_bulk;
mod graphql_errors;
mod graphql_limits;
mod graphql_model;
mod graphql_over_http;
mod graphql_plan;
mod graphql_plan_errors;
mod graphql_validity;
mod hostile_documents;
mod import;
mod import_children;
mod import_command;
mod import_conflicts;
mod import_derived;
mod key_before_body;
mod killed_import;
mod known_documents;
mod large_answers;
mod legacy_callers;
mod legacy_exports;
mod legacy_formats;
mod legacy_log;
mod legacy_model;
mod legacy_profiles;
mod legacy_quirks;
mod legacy_spreadsheet;
mod legacy_successor;
mod legacy_url;
mod legacy_usage;
mod measurements;
mod metrics;
mod migration;
mod mutations;
mod outage;
mod package;
mod pages;
mod paging;
mod persisted_documents;
mod proxies;
mod queries;
mod rate_limits;
mod real_callers;
mod removal;
mod schema;
mod search;
mod search_beside_imports;
mod search_index;
mod search_periods;
mod search_price;
mod search_tokens;
mod secrets_in_logs;
mod settings;
mod silent_rollbacks;
mod sql_statements;
mod statistics;
mod storage;
mod streaming;
mod subscriptions;
mod sync;
mod tenancy;
mod tls;
mod traces;
mod trusted_documents;
mod webhooks;
mod wrong_keys;
