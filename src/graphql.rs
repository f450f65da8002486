//! The history as GraphQL: the schema, and running requests against it.
//!
//! Nothing here knows SQL, column names or the legacy URL.

use std::sync::{Arc, RwLock};

use async_graphql::ValidationMode;

pub mod context;
mod cost;
mod definition;
mod document;
mod enums;
pub mod error;
pub mod execute;
pub mod filter_text;
mod find;
pub mod input;
pub mod json;
pub mod limits;
mod mutations;
mod node_id;
mod plan;
pub mod records;
mod register;
pub mod scalar;
pub mod subscription;
mod types;

use document::{
    cache::DocumentCache, persisted::PersistedDocuments, trusted::TrustedDocuments,
    validation::Validator, variables::InputTypes,
};
use register::{Built, builder};

/// The gateway's schema, and the documents that it has seen. Clones are cheap.
#[derive(Clone)]
pub struct Schema(Arc<Parts>);

struct Parts {
    validator: Validator,
    input_types: InputTypes,
    executor: Built,
    /// The documents that are known to be valid.
    documents: DocumentCache,
    persisted: PersistedDocuments,
    /// The only documents that are answered. None if all are.
    trusted: RwLock<Option<Arc<TrustedDocuments>>>,
}

impl Schema {
    /// Builds the schema.
    pub fn build() -> Self {
        let executor = builder().validation_mode(ValidationMode::Fast).finish();
        let validator = Validator::new(&executor.sdl());
        let input_types = InputTypes::new(validator.schema());
        let (documents, persisted) = (DocumentCache::new(), PersistedDocuments::new());
        let trusted = RwLock::default();
        Self(Arc::new(Parts { validator, input_types, executor, documents, persisted, trusted }))
    }
}

/// The schema in GraphQL's schema definition language, as in `schema.graphql`.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .include_specified_by()
        .prefer_single_line_descriptions();
    let mut text = builder().finish().sdl_with_options(options).trim_end().to_owned();
    text.push('\n');
    text
}
