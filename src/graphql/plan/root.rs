//! The fields of the root: what each reads, and how it is written.

use std::sync::Arc;

mod change;
mod compile;
mod feed;
mod load;

use super::{
    collect::CollectedField,
    compile::{Compiler, is_list},
    fetch::Fetch,
    introspection,
    load::{LoadedRows, Source},
    lookup::{ChildIndexes, FoundObjects, Lookups},
    site::SiteId,
    template::{PageValue, RowValue, Template},
    write::{Writer, Written, null},
};
use crate::{
    domain::{page::PageRequest, statistics::Statistics},
    error::{Error, Result},
    graphql::{mutations::Change, register::Built, types::query::QUERY},
    store::{
        page_range::PageRange,
        query::{ListQuery, RowKey, RowKind, RowQuery},
    },
};

/// A field of the root of a request.
pub(super) struct RootField<'a> {
    field: CollectedField<'a>,
    pub(super) root: Root,
}

/// What a field of the root is answered with. It does not need the request.
pub(super) struct Root {
    pub(super) key: Box<str>,
    pub(super) nullable: bool,
    site: SiteId,
    plan: RootPlan,
}

/// A list: which rows, its page, what is read of them, and how a page is written.
pub(super) type RootList = (ListQuery, PageRequest, Fetch, Template<PageValue>);

/// How a field of the root is answered.
enum RootPlan {
    /// A page of a list: what is read, until it has been read.
    Page { query: ListQuery, page: PageRequest, fetch: Fetch, template: Template<PageValue> },
    /// A page of groups of sessions: what is read, until it has been read.
    Groups {
        statistics: Box<Statistics>,
        page: PageRequest,
        fetch: Fetch,
        template: Template<PageValue>,
    },
    /// A page of a list that has been read.
    LoadedPage { template: Template<PageValue>, loaded: LoadedRows, range: PageRange, total: u64 },
    /// A row, until it has been read.
    Row { query: RowQuery, fetch: Fetch, template: Template<RowValue> },
    /// Rows without pages, until they have been read.
    Rows { query: RowQuery, fetch: Fetch, template: Template<RowValue> },
    /// Rows that have been read.
    LoadedRows { template: Template<RowValue>, loaded: LoadedRows },
    /// A row that has been read, if there is one.
    LoadedRow { template: Template<RowValue>, loaded: LoadedRows },
    /// An object by its key.
    Object(Item),
    /// Objects by their keys.
    Objects(Vec<Result<Item, Arc<Error>>>),
    /// An object that has no row.
    Rowless(Template<RowValue>),
    /// JSON that is written as it is.
    Json(String),
    /// A part of the introspection, until it has been answered.
    Introspection,
    /// A change of the history, until it has been made.
    Change(Box<PlannedChange>),
    /// The field fails.
    Fails(Arc<Error>),
}

/// A change of the history, and what is read and written after it.
struct PlannedChange {
    change: Change,
    /// The sessions that are searched for, for the price.
    search: Option<ListQuery>,
    fetch: Fetch,
    answer: Answer,
}

/// How the answer is written.
enum Answer {
    Results(Template<PageValue>),
    Session(Template<RowValue>),
    Row(Template<RowValue>),
}

/// An object by its key, and how it is written.
struct Item {
    kind: RowKind,
    key: RowKey,
    template: Arc<Template<RowValue>>,
    children: ChildIndexes,
}

impl<'a> RootField<'a> {
    /// Compiles a field. What it reads by key is added to the lookups of the request.
    pub(super) fn compile(
        compiler: &mut Compiler<'a>,
        lookups: &mut Lookups,
        field: CollectedField<'a>,
    ) -> Self {
        let definition = QUERY.field(field.name());
        let list = definition.is_some_and(|definition| is_list(&definition.source));
        let site = compiler.sites.add(field.first, None, list);
        let (plan, nullable) = match definition {
            Some(definition) => {
                let plan = RootPlan::compile(compiler, lookups, definition, &field, site);
                let plan = plan.unwrap_or_else(|error| RootPlan::Fails(Arc::new(error)));
                (plan, definition.nullable)
            }
            None if field.name() == "__typename" => {
                (RootPlan::Json(format!("\"{}\"", QUERY.name)), false)
            }
            None => (RootPlan::Introspection, field.name() == "__type"),
        };
        let root = Root { key: field.key.into(), nullable, site, plan };
        Self { field, root }
    }

    /// Whether the field needs something that is not read by key.
    pub(super) fn needs_load(&self) -> bool {
        !matches!(self.root.plan, RootPlan::Object(_) | RootPlan::Objects(_))
    }

    /// Reads what the field needs, but for what is read by key.
    pub(super) async fn load(
        &mut self,
        compiler: &Compiler<'_>,
        source: Option<Source<'_>>,
        schema: &Built,
    ) {
        let plan = std::mem::replace(&mut self.root.plan, RootPlan::Json(String::new()));
        let loaded = match (plan, source) {
            (RootPlan::Introspection, _) => {
                Box::pin(introspection::answer(schema, compiler.collector, &self.field))
                    .await
                    .map(RootPlan::Json)
            }
            (plan, Some(source)) => plan.load(source).await,
            (plan, None) => Ok(plan),
        };
        self.root.plan = loaded.unwrap_or_else(|error| RootPlan::Fails(Arc::new(error)));
    }
}

impl Root {
    /// What is read of the history, unless it is read by key: the list, if it is one, what is read of its
    /// rows, and the number of rows.
    pub(super) fn reads(&self) -> Option<(Option<&ListQuery>, &Fetch, u64)> {
        match &self.plan {
            RootPlan::Page { query, page, fetch, .. } => {
                Some((Some(query), fetch, page.size.into()))
            }
            RootPlan::Row { fetch, .. } => Some((None, fetch, 1)),
            RootPlan::Change(change) => {
                Some((change.search.as_ref(), &change.fetch, change.max_rows()))
            }
            _ => None,
        }
    }

    /// The groups of sessions that are read, and what is read of them.
    pub(super) fn groups(&self) -> Option<(&Statistics, &Fetch, u64)> {
        match &self.plan {
            RootPlan::Groups { statistics, fetch, page, .. } => {
                Some((statistics, fetch, page.size.into()))
            }
            _ => None,
        }
    }

    /// The list that the field is, before it is read; none if it is something else.
    ///
    /// # Errors
    /// When the field fails.
    pub(super) fn into_list(self) -> Result<Option<RootList>, Arc<Error>> {
        match self.plan {
            RootPlan::Page { query, page, fetch, template } => {
                Ok(Some((query, page, fetch, template)))
            }
            RootPlan::Fails(error) => Err(error),
            _ => Ok(None),
        }
    }

    /// Writes the value of the field.
    pub(super) fn write(&self, writer: &mut Writer<'_>, objects: &FoundObjects) -> Written {
        match &self.plan {
            RootPlan::LoadedPage { template, loaded, range, total } => {
                writer.page(template, loaded, range, *total)
            }
            RootPlan::LoadedRow { loaded, .. } if loaded.rows.is_empty() => {
                null(writer.out);
                Ok(())
            }
            RootPlan::LoadedRow { template, loaded } => writer.row(template, loaded, 0, self.site),
            RootPlan::LoadedRows { template, loaded } => writer
                .items(0..loaded.rows.len(), |writer, index| {
                    writer.row(template, loaded, index, self.site)
                }),
            RootPlan::Object(item) => item.write(writer, objects, self.site),
            RootPlan::Objects(items) => writer.items(items.iter(), |writer, item| {
                writer.or_null(|writer| match item {
                    Ok(item) => item.write(writer, objects, self.site),
                    Err(error) => writer.fail(self.site, error.clone()),
                })
            }),
            RootPlan::Rowless(template) => writer.parts(template, |writer, it| match &it.value {
                RowValue::Fails(error) => writer.fail(it.site, error.clone()),
                _ => writer.fail(it.site, Error::internal("a value of a row has no row")),
            }),
            RootPlan::Json(json) => {
                writer.out.extend_from_slice(json.as_bytes());
                Ok(())
            }
            RootPlan::Fails(error) => writer.fail(self.site, error.clone()),
            RootPlan::Page { .. }
            | RootPlan::Groups { .. }
            | RootPlan::Row { .. }
            | RootPlan::Rows { .. }
            | RootPlan::Introspection
            | RootPlan::Change(_) => {
                writer.fail(self.site, Error::internal("a field of the root was not read"))
            }
        }
    }
}

impl Item {
    fn write(&self, writer: &mut Writer<'_>, objects: &FoundObjects, site: SiteId) -> Written {
        match objects.object(self.kind, self.key, &self.children) {
            Ok(Some((loaded, index))) => writer.row(&self.template, &loaded, index, site),
            Ok(None) => {
                null(writer.out);
                Ok(())
            }
            Err(error) => writer.fail(site, error),
        }
    }
}
