//! From an operation to a list.

use std::sync::Arc;

use async_graphql::{
    Value as Const, Variables,
    parser::types::{ExecutableDocument, OperationDefinition},
};

use super::{
    super::{
        collect::Collector,
        compile::{Compiler, cursor_columns},
        lookup::Lookups,
        price::{ReadOfList, check_price},
        root::RootField,
        site::Sites,
        template::PageValue,
    },
    CompiledList, RecordList,
    fields::record_fields,
};
use crate::{
    error::{Error, Result},
    graphql::{context::RequestContext, definition::arguments::constant, types::query::QUERY},
};

impl RecordList {
    /// Compiles a caller's operation, and spends its cost. The only field of the operation must be a list, and
    /// the only field of the list `nodes`. The fields cost `cost`.
    ///
    /// # Errors
    /// When it is another operation, an argument is invalid, or it is too expensive.
    pub(in crate::graphql) async fn compile_bulk(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
        request: &RequestContext,
        cost: u64,
    ) -> Result<Self> {
        let definitions = &operation.variable_definitions;
        let collector = Collector { fragments: &document.fragments, variables, definitions };
        let mut compiler = Compiler { collector, request, sites: Sites::default() };
        let fields = collector.fields(vec![&operation.selection_set.node], QUERY.name, &[]);
        let Ok([field]) = <[_; 1]>::try_from(fields) else { return Err(not_a_list()) };
        let selected = collector.fields(field.sets(), "", &[]);
        if selected.iter().map(|field| field.name()).ne(["nodes"]) {
            return Err(not_a_list());
        }
        for argument in ["first", "last"] {
            let value = field.first.node.get_argument(argument);
            if value
                .and_then(|it| constant(&it.node, variables))
                .is_some_and(|it| it != Const::Null)
            {
                return Err(Error::input(format!(
                    "A bulk request returns all items: leave out the argument '{argument}' of '{}'.",
                    field.name()
                )));
            }
        }
        let lookups = &mut Lookups::default();
        let root = RootField::compile(&mut compiler, lookups, field).root;
        check_price(std::iter::once(&root), lookups, request, cost, ReadOfList::All).await?;
        Self::compile(document, operation, variables, request)
    }

    /// Compiles an operation whose only field is a list.
    ///
    /// # Errors
    /// When it has another field, or an argument is invalid.
    pub(in crate::graphql) fn compile(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
        request: &RequestContext,
    ) -> Result<Self> {
        let definitions = &operation.variable_definitions;
        let collector = Collector { fragments: &document.fragments, variables, definitions };
        let mut compiler = Compiler { collector, request, sites: Sites::default() };
        let fields = collector.fields(vec![&operation.selection_set.node], QUERY.name, &[]);
        let only = fields.into_iter().next_back();
        let root =
            only.map(|it| RootField::compile(&mut compiler, &mut Lookups::default(), it).root);
        let list = root.map(|root| root.into_list()).transpose();
        let list = list.map_err(|error| Error::clone(&error))?.flatten();
        let Some((query, page, mut fetch, pages)) = list else { return Err(not_a_list()) };
        let position = cursor_columns(query.order(), &mut fetch);
        let item_positions = fetch
            .children
            .iter_mut()
            .map(|child| child.query.order().map(|order| cursor_columns(order, &mut child.fetch)));
        let item_positions = item_positions.collect();
        let needs_total = fetch.needs_total;
        let Some((template, site)) = pages.placeholders().find_map(|it| match &it.value {
            PageValue::Rows(template) => Some((template.clone(), it.site)),
            _ => None,
        }) else {
            return Err(not_a_list());
        };
        let depth = compiler.sites.keys(site).len();
        let reader = request.reader()?;
        let fields = record_fields(&template, &compiler.sites, depth);
        let compiled = CompiledList {
            account: reader.account,
            cursor_key: reader.cursor_key,
            query,
            page,
            fetch,
            needs_total,
            position,
            item_positions,
            template,
            fields,
        };
        Ok(Self { compiled: Arc::new(compiled), reads: request.reads().clone() })
    }
}

fn not_a_list() -> Error {
    Error::input(
        "A bulk request selects exactly one list, 'sessions', 'technicians' or 'sessionChanges', and of this \
         list only 'nodes'.",
    )
}
