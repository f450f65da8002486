//! The legacy URL: its parameters become a GraphQL query, and the response becomes XML or JSON.
//!
//! A call is processed in four steps: [`Params::parse`], authentication with
//! [`Params::key_candidates`] (by the caller of this module), [`LegacyRequest::parse`], and [`answer`],
//! which exports the list that the query is compiled to. Every error is a
//! [`LegacyError`] with the text that legacy callers know. docs/LEGACY.md describes the interface
//! and lists its quirks.
//!
//! This module does not know the web server, the database and the permissions. It knows the names
//! in the schema, not how they are resolved. A caller's text never becomes part of a document:
//! selections come from [`VARS`], and values are variables.

mod answer;
mod document;
mod envelope;
mod error;
mod link;
mod profile;
mod program;
mod request;
mod schema;
mod translate;
mod vars;

#[cfg(test)]
mod tests;

pub use answer::{answer, answer_single_page};
pub use document::AnswerStyle;
pub use error::{LegacyError, LegacyErrorKind};
pub use link::{TRANSLATE_PATH, translation_link};
pub use profile::{BUILT_IN_PROFILES, Profile, ProfileError};
pub use program::{ProgramLanguage, program};
pub use request::{FILTERS, FilterParam, LegacyRequest, Params};
pub use translate::{PageSizes, Translation, translate_url};
pub use vars::{VARS, Var};
