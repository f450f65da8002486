//! The history as GraphQL: the schema, and running requests against it.
//!
//! Nothing here knows SQL, column names or the legacy URL.

use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, SchemaBuilder, ValidationMode};

mod batch;
pub mod chat_message;
pub mod connection;
pub mod context;
pub mod custom_field;
mod document;
mod document_cache;
pub mod error;
pub mod execute;
pub mod input;
mod json;
pub mod limits;
pub mod loader;
pub mod node;
mod plan;
pub mod query;
pub mod scalar;
pub mod session;
mod syntax;
pub mod technician;
mod validation;
mod variables;
pub mod video;
pub mod viewer;

use document_cache::DocumentCache;
use validation::Validator;
use variables::InputTypes;

type Built = async_graphql::Schema<query::Query, EmptyMutation, EmptySubscription>;

/// The gateway's schema, and the documents that it has seen. Clones are cheap.
#[derive(Clone)]
pub struct Schema(Arc<Parts>);

struct Parts {
    validator: Validator,
    input_types: InputTypes,
    executor: Built,
    documents: DocumentCache,
}

impl Schema {
    /// Builds the schema.
    pub fn build() -> Self {
        let executor = builder().validation_mode(ValidationMode::Fast).finish();
        let validator = Validator::new(&executor.sdl());
        let input_types = InputTypes::new(validator.schema());
        let documents = DocumentCache::new();
        Self(Arc::new(Parts { validator, input_types, executor, documents }))
    }
}

fn builder() -> SchemaBuilder<query::Query, EmptyMutation, EmptySubscription> {
    // The limits are enforced before a document gets here, see `limits`.
    Built::build(query::Query, EmptyMutation, EmptySubscription)
        .disable_suggestions()
        .register_output_type::<node::Node>()
}

/// The schema in GraphQL's schema definition language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .include_specified_by()
        .prefer_single_line_descriptions();
    let mut text = builder().finish().sdl_with_options(options).trim_end().to_owned();
    text.push('\n');
    text
}
