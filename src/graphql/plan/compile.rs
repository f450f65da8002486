//! From a selection to a template and to what is read for it.

use std::sync::Arc;

use super::{
    collect::{CollectedField, Collector, SelectionSets},
    fetch::{ChildFetch, Fetch, ParentColumns},
    site::{SiteId, Sites},
    template::{PageValue, RowValue, Template},
};
use crate::{
    error::{Error, Result},
    graphql::{
        context::RequestContext,
        definition::{
            ChildrenDefinition, ChildrenShape, FieldDefinition, FieldSource, ObjectDefinition,
            arguments::FieldArguments,
        },
        types::node_type,
    },
    store::query::{ChildQuery, RowKind},
};

mod connection;
mod group;
mod value;

use value::{column_value, group_value};
pub(super) use value::{cursor_columns, is_list};

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

    /// An object whose fields are lists of all rows.
    pub(super) fn results(
        &mut self,
        object: &ObjectDefinition,
        sets: SelectionSets<'a>,
        around: SiteId,
        fetch: &mut Fetch,
    ) -> Template<PageValue> {
        let fields = self.collector.fields(sets, object.name, &[]);
        self.template(object.name, &fields, |this, out, collected| {
            let Some(field) = object.field(collected.name()) else { return false };
            let FieldSource::Results(of) = &field.source else { return false };
            let site = this.sites.add(collected.first, Some(around), true);
            let row = this.object(of, collected.sets(), site, fetch);
            out.placeholder(PageValue::Rows(row), site, false);
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
            FieldSource::ObjectOfGroup { object, present } => {
                match present(&self.arguments(collected)) {
                    Ok(present) => {
                        let present = Some(fetch.group_column(present));
                        RowValue::Object(
                            present,
                            self.object(object, collected.sets(), site, fetch),
                        )
                    }
                    Err(error) => RowValue::Fails(Arc::new(error)),
                }
            }
            FieldSource::OfGroup { column, value } => {
                let column = column(&self.arguments(collected));
                column.map_or_else(
                    |error| RowValue::Fails(Arc::new(error)),
                    |column| group_value(column, value, fetch),
                )
            }
            FieldSource::SessionsOfGroup => self
                .sessions_of_group(collected, site, fetch)
                .unwrap_or_else(|error| RowValue::Fails(Arc::new(error))),
            FieldSource::SessionByNumber(column) => {
                let (session, number) = (RowKind::Session, fetch.column(*column));
                let query = ChildQuery::SessionsByNumber;
                self.by_number((session, query, number), collected, site, fetch)
            }
            FieldSource::TechnicianOfGroup => self.technician_of_group(collected, site, fetch),
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

    /// The node with the number in a column, which is read for all rows together.
    fn by_number(
        &mut self,
        (kind, query, id): (RowKind, ChildQuery, usize),
        collected: &CollectedField<'a>,
        site: SiteId,
        fetch: &mut Fetch,
    ) -> RowValue {
        let parent = ParentColumns { id, count: None, group: None };
        let child = fetch.child(query, parent, None);
        match fetch.children.get_mut(child) {
            Some(ChildFetch { fetch, .. }) => {
                fetch.needs_rows = true;
                let object = node_type(kind);
                RowValue::Single(child, self.object(object, collected.sets(), site, fetch))
            }
            None => RowValue::Fails(Arc::new(Error::internal("a child is missing"))),
        }
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
            group: None,
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
}
