//! Answering an operation: its lists and objects, read in a few statements and written as JSON,
//! without a future or a tree of values for each field.
//!
//! The definitions of the types (`definition.rs`, `types`) describe each field. An operation is
//! answered in three steps. [`compile`] turns each selection into a template, which is JSON with
//! placeholders, and into a [`fetch::Fetch`], which describes what to read: the columns that fill the
//! placeholders, and the children, each with one statement for all parents. [`load`] and [`lookup`]
//! run those statements. [`write`] fills the placeholders from the rows of the driver.
//!
//! A field that fails is null, and so is what is around it up to the nearest field that may be
//! null; the error has the path and the location of the field.

use async_graphql::{
    Variables,
    parser::types::{ExecutableDocument, OperationDefinition},
};
use futures_util::future::{join, join_all};

use super::{context::RequestContext, error::FieldError, register::Built, types::query::QUERY};
use crate::domain::viewer::AccountId;

mod collect;
mod compile;
mod fetch;
mod introspection;
mod load;
mod lookup;
mod root;
mod site;
mod template;
mod write;

use collect::Collector;
use compile::Compiler;
use load::Source;
use lookup::Lookups;
use root::RootField;
use site::Sites;
use write::{Writer, null};

/// Writes the data of a valid operation as JSON, and returns the errors of its fields.
pub(super) async fn answer(
    schema: &Built,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    request: &RequestContext,
    out: &mut Vec<u8>,
) -> Vec<FieldError> {
    let definitions = &operation.variable_definitions;
    let collector = Collector { fragments: &document.fragments, variables, definitions };
    let mut compiler = Compiler { collector, request, sites: Sites::default() };
    let mut lookups = Lookups::default();
    let fields = collector.fields(vec![&operation.selection_set.node], QUERY.name, &[]);
    let mut roots: Vec<_> = fields
        .into_iter()
        .map(|field| RootField::compile(&mut compiler, &mut lookups, field))
        .collect();

    let source = request
        .reader()
        .ok()
        .map(|reader| Source { reads: request.reads(), account: reader.account });
    let objects = match (&mut roots[..], source) {
        ([root], source) if lookups.is_empty() => {
            root.load(&compiler, source, schema).await;
            Default::default()
        }
        (roots, source) => {
            let loads = roots.iter_mut().map(|root| root.load(&compiler, source, schema));
            let lookups = async {
                match source {
                    Some(source) => lookups.load(source).await,
                    None => Default::default(),
                }
            };
            join(join_all(loads), lookups).await.1
        }
    };

    let account = source.map_or(AccountId(0), |source| source.account);
    let (errors, indexes) = (Vec::new(), Vec::new());
    let start = out.len();
    let mut writer = Writer { out, sites: &compiler.sites, account, errors, indexes };
    for (nth, root) in roots.iter().enumerate() {
        writer.out.extend_from_slice(if nth == 0 { b"{\"" } else { b",\"" });
        writer.out.extend_from_slice(root.field.key.as_bytes());
        writer.out.extend_from_slice(b"\":");
        if root.nullable {
            writer.or_null(|writer| root.write(writer, &objects));
        } else if let Err(error) = root.write(&mut writer, &objects) {
            writer.out.truncate(start);
            null(writer.out);
            writer.errors.push(*error);
            return writer.errors;
        }
    }
    writer.out.extend_from_slice(if roots.is_empty() { b"{}" } else { b"}" });
    writer.errors
}
