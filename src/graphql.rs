//! The history as GraphQL: the schema, and running requests against it.
//!
//! Nothing here knows SQL, column names or the legacy URL.

use async_graphql::{EmptyMutation, EmptySubscription};

mod batch;
pub mod chat_message;
pub mod connection;
pub mod context;
pub mod custom_field;
pub mod error;
pub mod execute;
pub mod input;
pub mod json;
pub mod loader;
pub mod node;
pub mod plan;
pub mod query;
pub mod scalar;
pub mod session;
pub mod technician;
pub mod video;
pub mod viewer;
pub mod weigh;

/// The gateway's schema.
pub type Schema = async_graphql::Schema<query::Query, EmptyMutation, EmptySubscription>;

/// Builds the schema.
pub fn schema() -> Schema {
    // The limits are enforced before a document gets here, see `weigh`.
    Schema::build(query::Query, EmptyMutation, EmptySubscription)
        .disable_suggestions()
        .register_output_type::<node::Node>()
        .finish()
}

/// The schema in GraphQL's schema definition language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .include_specified_by()
        .prefer_single_line_descriptions();
    let mut text = schema().sdl_with_options(options).trim_end().to_owned();
    text.push('\n');
    text
}
