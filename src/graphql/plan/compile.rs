//! From a selection to a template and to what is read for it.

use std::sync::Arc;

use super::{
    collect::{CollectedField, Collector, SelectionSets},
    fetch::{Fetch, ParentColumns},
    site::{SiteId, Sites},
    template::{CursorColumns, PageValue, RowValue, Template},
};
use crate::{
    error::{Error, Result},
    graphql::{
        context::RequestContext,
        definition::{
            ChildrenDefinition, ChildrenShape, ConnectionDefinition, FieldDefinition, FieldSource,
            ObjectDefinition, arguments::FieldArguments,
        },
        node_id::id_word,
        types::{
            connection::{
                CONNECTION_FIELDS, ConnectionField, EDGE_FIELDS, EdgeField, Fields,
                PAGE_INFO_FIELDS, PAGE_INFO_NAME, PageInfoField, field_named,
            },
            node_type,
        },
    },
    store::order::Order,
};

/// A request that is being compiled.
pub(super) struct Compiler<'a> {
    pub(super) collector: Collector<'a>,
    pub(super) request: &'a RequestContext,
    pub(super) sites: Sites<'a>,
}

impl<'a> Compiler<'a> {
    /// The arguments of a field.
    pub(super) fn arguments(&self, field: &CollectedField<'a>) -> FieldArguments<'a> {
        FieldArguments {
            field: field.first,
            variables: self.collector.variables,
            request: self.request,
        }
    }

    /// An object of a type.
    pub(super) fn object(
        &mut self,
        object: &ObjectDefinition,
        sets: SelectionSets<'a>,
        around: SiteId,
        fetch: &mut Fetch,
    ) -> Template<RowValue> {
        let fields = self.collector.fields(sets, object.name, object.interfaces);
        self.template(object.name, &fields, |this, out, collected| {
            let Some(field) = object.field(collected.name()) else { return false };
            let site = this.sites.add(collected.first, Some(around), is_list(&field.source));
            this.field(field, collected, site, fetch, out);
            true
        })
    }

    /// A template of an object of these fields. `add` adds the value of a field, if there is such
    /// a field.
    fn template<V>(
        &mut self,
        type_name: &str,
        fields: &[CollectedField<'a>],
        mut add: impl FnMut(&mut Self, &mut Template<V>, &CollectedField<'a>) -> bool,
    ) -> Template<V> {
        let mut template = Template::object();
        for (nth, field) in fields.iter().enumerate() {
            template.key(field.key, nth == 0);
            if !add(self, &mut template, field) {
                // A valid document selects no other field that is missing.
                template.json(&format!("\"{type_name}\""));
            }
        }
        template.json("}");
        template
    }

    fn field(
        &mut self,
        field: &FieldDefinition,
        collected: &CollectedField<'a>,
        site: SiteId,
        fetch: &mut Fetch,
        out: &mut Template<RowValue>,
    ) {
        let value = match &field.source {
            FieldSource::Object(object) => {
                let inner = self.object(object, collected.sets(), site, fetch);
                if !field.nullable {
                    // The object is not nullable, so an error in it fails the parent: no placeholder is needed.
                    return out.append(inner);
                }
                RowValue::Object(None, inner)
            }
            FieldSource::Joined(kind, present) => {
                let (object, present) = (node_type(*kind), fetch.column(*present));
                RowValue::Object(Some(present), self.object(object, collected.sets(), site, fetch))
            }
            FieldSource::Request { value, .. } => match value(self.request) {
                Ok(value) => return out.json(&value.to_string()),
                Err(error) => RowValue::Fails(Arc::new(error)),
            },
            FieldSource::Children(children) => self
                .children(children, collected, site, fetch)
                .unwrap_or_else(|error| RowValue::Fails(Arc::new(error))),
            source => column_value(source, fetch).unwrap_or_else(|| {
                let error = Error::internal("a field of the root is not at the root");
                RowValue::Fails(Arc::new(error))
            }),
        };
        out.placeholder(value, site, field.nullable);
    }

    fn children(
        &mut self,
        children: &ChildrenDefinition,
        collected: &CollectedField<'a>,
        site: SiteId,
        fetch: &mut Fetch,
    ) -> Result<RowValue> {
        let arguments = self.arguments(collected);
        let (query, cursor_parent) = (children.query)(&arguments)?;
        let parent = ParentColumns {
            id: fetch.column(children.parent),
            count: children.count.map(|column| fetch.column(column)),
        };
        let order = query.order();
        let child = fetch.child(query, parent, cursor_parent);
        let Some(fetch) = fetch.children.get_mut(child).map(|child| &mut child.fetch) else {
            return Err(Error::internal("a child is missing"));
        };
        match &children.shape {
            ChildrenShape::Connection(connection) => {
                let order = order.ok_or_else(|| Error::internal("a page has no order"))?;
                let page = self.connection(connection, order, collected.sets(), site, fetch);
                Ok(RowValue::Page(child, page))
            }
            ChildrenShape::List { object, matching: (column, text) } => {
                let matching = text(&arguments)?.map(|text| (fetch.column(*column), text));
                fetch.needs_rows = true;
                let row = self.object(object, collected.sets(), site, fetch);
                Ok(RowValue::List(child, matching, row))
            }
        }
    }

    /// A page in this order.
    pub(super) fn connection(
        &mut self,
        connection: &ConnectionDefinition,
        order: &'static Order,
        sets: SelectionSets<'a>,
        around: SiteId,
        fetch: &mut Fetch,
    ) -> Template<PageValue> {
        let fields = self.collector.fields(sets, connection.name, &[]);
        let is_total = |field: &CollectedField<'_>| {
            let known = field_named(&CONNECTION_FIELDS, field.name());
            matches!(known, Some(ConnectionField::TotalCount))
        };
        fetch.needs_rows |= !fields.iter().all(is_total);
        let is_list = |it| matches!(it, ConnectionField::Nodes | ConnectionField::Edges);
        let table = (connection.name, &CONNECTION_FIELDS, is_list as fn(_) -> _);
        self.fixed_fields(table, around, &fields, |this, out, known, field, site| match known {
            ConnectionField::TotalCount => {
                fetch.needs_total = true;
                out.placeholder(PageValue::Total, site, false);
            }
            ConnectionField::Nodes => {
                let row = this.object(connection.node, field.sets(), site, fetch);
                out.placeholder(PageValue::Rows(row), site, false);
            }
            ConnectionField::Edges => {
                let row = this.edge(connection, order, field.sets(), site, fetch);
                out.placeholder(PageValue::Rows(row), site, false);
            }
            ConnectionField::PageInfo => {
                out.append(this.page_info(order, field.sets(), site, fetch));
            }
        })
    }

    /// A template of an object of a type that has the fields of a table. `add` adds the value of a
    /// field.
    fn fixed_fields<F: Copy, V, const N: usize>(
        &mut self,
        (type_name, table, is_list): (&str, &Fields<F, N>, fn(F) -> bool),
        around: SiteId,
        fields: &[CollectedField<'a>],
        mut add: impl FnMut(&mut Self, &mut Template<V>, F, &CollectedField<'a>, SiteId),
    ) -> Template<V> {
        self.template(type_name, fields, |this, out, field| {
            let Some(known) = field_named(table, field.name()) else { return false };
            let site = this.sites.add(field.first, Some(around), is_list(known));
            add(this, out, known, field, site);
            true
        })
    }

    fn edge(
        &mut self,
        connection: &ConnectionDefinition,
        order: &'static Order,
        sets: SelectionSets<'a>,
        around: SiteId,
        fetch: &mut Fetch,
    ) -> Template<RowValue> {
        let fields = self.collector.fields(sets, connection.edge_name, &[]);
        let table = (connection.edge_name, &EDGE_FIELDS, (|_| false) as fn(_) -> _);
        self.fixed_fields(table, around, &fields, |this, out, known, field, site| match known {
            EdgeField::Cursor => {
                out.placeholder(RowValue::Cursor(cursor_columns(order, fetch)), site, false);
            }
            EdgeField::Node => {
                out.append(this.object(connection.node, field.sets(), site, fetch));
            }
        })
    }

    fn page_info(
        &mut self,
        order: &'static Order,
        sets: SelectionSets<'a>,
        around: SiteId,
        fetch: &mut Fetch,
    ) -> Template<PageValue> {
        let fields = self.collector.fields(sets, PAGE_INFO_NAME, &[]);
        let table = (PAGE_INFO_NAME, &PAGE_INFO_FIELDS, (|_| false) as fn(_) -> _);
        self.fixed_fields(table, around, &fields, |_, out, known, _, site| {
            let (value, nullable) = match known {
                PageInfoField::HasPreviousPage => (PageValue::HasPrevious, false),
                PageInfoField::HasNextPage => (PageValue::HasNext, false),
                PageInfoField::StartCursor => {
                    (PageValue::Start(cursor_columns(order, fetch)), true)
                }
                PageInfoField::EndCursor => (PageValue::End(cursor_columns(order, fetch)), true),
            };
            out.placeholder(value, site, nullable);
        })
    }
}

/// The columns of the cursors of an order.
pub(super) fn cursor_columns(order: &'static Order, fetch: &mut Fetch) -> CursorColumns {
    CursorColumns {
        order,
        key: order.key.iter().map(|it| (fetch.column(*it), it.is_text())).collect(),
        parent: order.parent.map(|column| fetch.column(column)),
    }
}

/// Whether the values below a field are items of a list.
pub(super) fn is_list(source: &FieldSource) -> bool {
    match source {
        FieldSource::Nodes(_) | FieldSource::Rows { .. } => true,
        FieldSource::Children(children) => {
            matches!(children.shape, ChildrenShape::List { .. })
        }
        _ => false,
    }
}

/// A value of one or two columns of the row; none for sources of another kind.
fn column_value(source: &FieldSource, fetch: &mut Fetch) -> Option<RowValue> {
    Some(match source {
        FieldSource::Text(column) => RowValue::Text(fetch.column(*column)),
        FieldSource::Enum { column, is_known, .. } => {
            RowValue::Enum(fetch.column(*column), *is_known)
        }
        FieldSource::Digits(column) => RowValue::Digits(fetch.column(*column)),
        FieldSource::Int(column) => RowValue::Int(fetch.column(*column)),
        FieldSource::Float(column) => RowValue::Float(fetch.column(*column)),
        FieldSource::Time(column) => RowValue::Time(fetch.column(*column)),
        FieldSource::Seconds { from, to } => {
            RowValue::Seconds { from: fetch.column(*from), to: fetch.column(*to) }
        }
        FieldSource::IsPresent(column) => RowValue::IsPresent(fetch.column(*column)),
        FieldSource::IsPositive(column) => RowValue::IsPositive(fetch.column(*column)),
        FieldSource::NodeId(kind) => {
            let columns = kind.key_columns().iter().map(|column| fetch.column(*column));
            RowValue::NodeId(id_word(*kind), columns.collect())
        }
        _ => return None,
    })
}
