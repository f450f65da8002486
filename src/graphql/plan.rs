//! Answering an operation: its lists and objects, read in a few statements and written as JSON,
//! without a future or a tree of values for each field.
//!
//! The definitions of the types (`definition.rs`, `types`) describe each field. An operation is
//! answered in three steps. [`compile`] turns each selection into a template, which is JSON with
//! placeholders, and into a [`fetch::Fetch`], which describes what to read: the columns that fill the
//! placeholders, and the children, each with one statement for all parents. [`load`] and [`lookup`]
//! run those statements. [`write`] fills the placeholders from the rows, and [`text`] has a long text
//! written in chunks.
//!
//! A field that fails is null, and so is what is around it up to the nearest field that may be
//! null; the error has the path and the location of the field.

use async_graphql::{
    Variables,
    parser::types::{ExecutableDocument, OperationDefinition},
};
use futures_util::future::{join, join_all};

use super::{
    context::{RequestContext, Writes},
    error::FieldError,
    register::Built,
    types::{mutation::MUTATION, query::QUERY},
};
use crate::{error::Result, store::memory::Reservation};

mod collect;
mod compile;
pub(super) mod feed;
mod fetch;
mod groups;
mod introspection;
mod load;
mod lookup;
mod price;
pub(super) mod records;
mod root;
mod site;
mod template;
mod text;
mod write;

use collect::Collector;
use compile::Compiler;
use load::Source;
use lookup::{FoundObjects, Lookups};
use price::{ReadOfList, check_price};
use root::{Root, RootField};
use site::Sites;
pub(super) use text::Chunks;
use text::LoadedAnswer;
pub(super) use text::{DataText, Delivery};

/// The data of a valid operation as JSON, and the errors of its fields, which cost `cost`.
///
/// # Errors
/// When the request has too many conditions, or is too expensive with its searches. When the answer needs too much memory, or is too long.
pub(super) async fn answer(
    schema: &Built,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    request: &RequestContext,
    cost: u64,
    delivery: Delivery,
) -> Result<(DataText, Vec<FieldError>)> {
    let definitions = &operation.variable_definitions;
    let collector = Collector { fragments: &document.fragments, variables, definitions };
    let mut compiler = Compiler { collector, request, sites: Sites::default() };
    let mut lookups = Lookups::default();
    let fields = collector.fields(vec![&operation.selection_set.node], QUERY.name, &[]);
    let mut roots: Vec<_> = fields
        .into_iter()
        .map(|field| RootField::compile(&mut compiler, &mut lookups, field))
        .collect();

    check_price(roots.iter().map(|field| &field.root), &lookups, request, cost, ReadOfList::Page)
        .await?;
    let source = request.reader().ok().map(|reader| Source {
        reads: request.reads(),
        account: reader.account,
        cursor_key: reader.cursor_key,
    });
    let objects = match (&mut roots[..], source) {
        ([root], source) if lookups.is_empty() => {
            root.load(&compiler, source, schema).await;
            Default::default()
        }
        (roots, source) => {
            let loads = roots.iter_mut().filter(|root| root.needs_load());
            let loads = loads.map(|root| root.load(&compiler, source, schema));
            let lookups = async {
                match source {
                    Some(source) => lookups.load(source).await,
                    None => Default::default(),
                }
            };
            join(join_all(loads), lookups).await.1
        }
    };
    let memory = checked_memory(request)?;
    let answer = LoadedAnswer {
        roots: roots.into_iter().map(|field| field.root).collect(),
        objects,
        cursor_key: source.map(|source| source.cursor_key).unwrap_or_default(),
        memory,
    };
    answer.write(&compiler.sites, request.limits(), delivery).await
}

/// Makes the changes of a valid mutation, one after the other, each answered from a state that has the change.
/// Returns the data as JSON, and the errors of its fields, which cost `cost`.
///
/// What is refused is refused before the first change. After a change that fails, no other is made.
///
/// # Errors
/// As for [`answer`].
pub(super) async fn answer_mutation(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    (request, writes): (&RequestContext, Writes<'_>),
    cost: u64,
    delivery: Delivery,
) -> Result<(DataText, Vec<FieldError>)> {
    let definitions = &operation.variable_definitions;
    let collector = Collector { fragments: &document.fragments, variables, definitions };
    let mut compiler = Compiler { collector, request, sites: Sites::default() };
    let fields = collector.fields(vec![&operation.selection_set.node], MUTATION.name, &[]);
    let mut roots: Vec<_> =
        fields.iter().map(|field| Root::of_mutation(&mut compiler, field)).collect();

    if roots.iter().any(Root::has_failed) {
        roots.retain(Root::has_failed);
    }
    check_price(roots.iter(), &Lookups::default(), request, cost, ReadOfList::Page).await?;
    let (viewer, reads) = (request.viewer()?, request.reads().on_primary());
    let (account, cursor_key) = (viewer.account, viewer.cursor_key);
    let source = Source { reads: &reads, account, cursor_key };
    for root in &mut roots {
        root.change(writes, source).await;
        if root.has_failed() {
            break;
        }
    }
    let (memory, objects) = (checked_memory(request)?, FoundObjects::default());
    let answer = LoadedAnswer { roots, objects, cursor_key, memory };
    answer.write(&compiler.sites, request.limits(), delivery).await
}

/// The memory of an answer, if it was not refused.
fn checked_memory(request: &RequestContext) -> Result<Option<Reservation>> {
    let memory = request.reads().memory();
    memory.and_then(Reservation::refusal).map_or(Ok(()), Err)?;
    Ok(memory.cloned())
}
