//! The fields of the root: what each reads, and how it is written.

use std::sync::Arc;

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
    domain::page::PageRequest,
    error::{Error, Result},
    graphql::{
        definition::{FieldDefinition, FieldSource, ObjectDefinition},
        node_id::parse_node_id,
        register::Built,
        types::{node_type, query::QUERY},
    },
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
    /// The field fails.
    Fails(Arc<Error>),
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
            | RootPlan::Row { .. }
            | RootPlan::Rows { .. }
            | RootPlan::Introspection => {
                writer.fail(self.site, Error::internal("a field of the root was not read"))
            }
        }
    }
}

impl RootPlan {
    fn compile<'a>(
        compiler: &mut Compiler<'a>,
        lookups: &mut Lookups,
        definition: &FieldDefinition,
        field: &CollectedField<'a>,
        site: SiteId,
    ) -> Result<Self> {
        let arguments = compiler.arguments(field);
        let mut fetch = Fetch::default();
        if let FieldSource::Object(object) = &definition.source {
            return Ok(Self::Rowless(compiler.object(object, field.sets(), site, &mut fetch)));
        }
        // Everything else reads the history.
        arguments.cursor_key()?;
        Ok(match &definition.source {
            FieldSource::List(list) => {
                let (query, page) = (list.query)(&arguments)?;
                let (connection, order) = (list.connection, query.order());
                let template =
                    compiler.connection(connection, order, field.sets(), site, &mut fetch);
                Self::Page { query, page, fetch, template }
            }
            FieldSource::Row { object, query } => {
                let query = query(&arguments)?;
                let template = compiler.object(object, field.sets(), site, &mut fetch);
                Self::Row { query, fetch, template }
            }
            FieldSource::Rows { object, query } => {
                let query = query(&arguments)?;
                let template = compiler.object(object, field.sets(), site, &mut fetch);
                Self::Rows { query, fetch, template }
            }
            FieldSource::RowByKey { object, key, kind } => {
                let key = key(&arguments)?;
                Self::Object(Item::compile(compiler, lookups, object, (*kind, key), field, site))
            }
            FieldSource::Node(id) => {
                let (kind, key) = parse_node_id(&id(&arguments)?)?;
                let object = node_type(kind);
                Self::Object(Item::compile(compiler, lookups, object, (kind, key), field, site))
            }
            FieldSource::Nodes(ids) => {
                let ids = ids(&arguments)?;
                let keys = ids.iter().map(|id| parse_node_id(id).map_err(Arc::new));
                Self::objects(compiler, lookups, keys.collect(), field, site)?
            }
            _ => return Err(Error::internal("a field of a row is at the root")),
        })
    }

    /// Objects by their ids, each kind of which is compiled once.
    fn objects<'a>(
        compiler: &mut Compiler<'a>,
        lookups: &mut Lookups,
        ids: Vec<Result<(RowKind, RowKey), Arc<Error>>>,
        field: &CollectedField<'a>,
        site: SiteId,
    ) -> Result<Self> {
        let mut compiled = Vec::new();
        for kind in RowKind::ALL.iter().copied() {
            let known = ids.iter().flatten().filter(|(known, _)| *known == kind);
            let keys: Vec<_> = known.map(|(_, key)| *key).collect();
            if !keys.is_empty() {
                let (template, children) = lookups.add(kind, &keys, |fetch| {
                    Arc::new(compiler.object(node_type(kind), field.sets(), site, fetch))
                });
                compiled.push((kind, template, children));
            }
        }
        let item = |(kind, key)| {
            let found = compiled.iter().find(|(known, ..)| *known == kind);
            let (_, template, children) =
                found.ok_or_else(|| Arc::new(Error::internal("a kind is not compiled")))?;
            Ok(Item { kind, key, template: template.clone(), children: children.clone() })
        };
        Ok(Self::Objects(ids.into_iter().map(|id| id.and_then(item)).collect()))
    }

    async fn load(self, source: Source<'_>) -> Result<Self> {
        let Source { reads, account, .. } = source;
        Ok(match self {
            Self::Page { query, page, fetch, template } => {
                let rows = match fetch.needs_rows {
                    true => reads.list(account, &query, &page, &fetch.columns).await?,
                    false => Default::default(),
                };
                // Rows that were not cut by the page need no count.
                let whole = page.after.is_none() && page.before.is_none();
                let all = fetch.needs_rows && whole && rows.len() <= page.size as usize;
                let total = match fetch.needs_total {
                    true if all => rows.len() as u64,
                    true => reads.list_count(account, &query).await?,
                    false => 0,
                };
                let range = PageRange::new(0..rows.len(), &page);
                let loaded =
                    LoadedRows::load(source, &fetch, Arc::new(rows), range.in_order()).await;
                Self::LoadedPage { template, loaded, range, total }
            }
            Self::Row { query, fetch, template } => {
                let rows = Arc::new(reads.row(account, &query, &fetch.columns).await?);
                let loaded = LoadedRows::load(source, &fetch, rows, 0..1).await;
                Self::LoadedRow { template, loaded }
            }
            Self::Rows { query, fetch, template } => {
                let rows = Arc::new(reads.row(account, &query, &fetch.columns).await?);
                let all = 0..rows.len();
                let loaded = LoadedRows::load(source, &fetch, rows, all).await;
                Self::LoadedRows { template, loaded }
            }
            other => other,
        })
    }
}

impl Item {
    fn compile<'a>(
        compiler: &mut Compiler<'a>,
        lookups: &mut Lookups,
        object: &ObjectDefinition,
        (kind, key): (RowKind, RowKey),
        field: &CollectedField<'a>,
        site: SiteId,
    ) -> Self {
        let (template, children) = lookups.add(kind, &[key], |fetch| {
            Arc::new(compiler.object(object, field.sets(), site, fetch))
        });
        Self { kind, key, template, children }
    }

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
