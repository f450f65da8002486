//! From a field of the root to what is read for it.

use std::sync::Arc;

use super::{
    super::{
        collect::CollectedField,
        compile::Compiler,
        fetch::Fetch,
        lookup::Lookups,
        site::SiteId,
        template::{RowValue, Template},
    },
    Item, RootPlan,
};
use crate::{
    error::{Error, Result},
    graphql::{
        definition::{FieldDefinition, FieldSource, ObjectDefinition},
        node_id::parse_node_id,
        types::node_type,
    },
    store::{
        order::GROUPS,
        query::{RowKey, RowKind},
    },
};

impl RootPlan {
    /// Compiles a field of the root.
    pub(super) fn compile<'a>(
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
            FieldSource::Groups(groups) => {
                let (statistics, page) = (groups.query)(&arguments)?;
                let statistics = Box::new(statistics);
                fetch.groups.grouping = Some(Arc::new(statistics.grouping.clone()));
                let template =
                    compiler.connection(groups.connection, &GROUPS, field.sets(), site, &mut fetch);
                Self::Groups { statistics, page, fetch, template }
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
            FieldSource::Texts { column, query } => {
                let mut template = Template(Vec::new());
                template.placeholder(RowValue::Text(fetch.column(*column)), site, false);
                Self::Rows { query: query(&arguments)?, fetch, template }
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
}
