//! The legacy URL: its parameters become a GraphQL query, and what that answers becomes XML or JSON.
//!
//! The way through is [`Params::read`], authentication with [`Params::key_candidates`] (done by
//! the caller), [`Request::parse`], and [`answer`], which drives the query page by page through an
//! executor that it is given. Whatever goes wrong is a [`Fault`] with the text that legacy callers
//! know. docs/LEGACY.md describes the interface for those callers and lists its quirks.
//!
//! This module knows neither the web server nor the database nor who may see what: it knows the
//! names in the schema, and nothing of how they are resolved. A caller's text never becomes part
//! of a query: selections come from [`VARS`], values travel as variables.

mod answer;
mod fault;
mod filters;
mod format;
mod json;
mod node;
mod params;
mod render;
mod request;
mod translate;
mod vars;
mod xml;

#[cfg(test)]
mod tests;

pub use answer::{answer, answer_whole};
pub use fault::{Fault, FaultKind};
pub use filters::{FILTERS, Filter};
pub use format::Format;
pub use params::Params;
pub use request::Request;
pub use translate::{PageSizes, Translation, translate_url};
pub use vars::{VARS, Var};
