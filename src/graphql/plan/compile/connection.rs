//! Pages: their rows, edges, cursors and totals.

use super::{
    super::{
        collect::{CollectedField, SelectionSets},
        fetch::Fetch,
        site::SiteId,
        template::{PageValue, RowValue, Template},
    },
    Compiler,
    value::cursor_columns,
};
use crate::{
    graphql::{
        definition::ConnectionDefinition,
        types::connection::{
            CONNECTION_FIELDS, ConnectionField, EDGE_FIELDS, EdgeField, Fields, PAGE_INFO_FIELDS,
            PAGE_INFO_NAME, PageInfoField, field_named,
        },
    },
    store::order::Order,
};

impl<'a> Compiler<'a> {
    /// A page in this order.
    pub(in crate::graphql::plan) fn connection(
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
            matches!(known, Some(ConnectionField::TotalCount | ConnectionField::Total))
        };
        fetch.needs_rows |= !fields.iter().all(is_total);
        let is_list = |it| matches!(it, ConnectionField::Nodes | ConnectionField::Edges);
        let table = (connection.name, &CONNECTION_FIELDS, is_list as fn(_) -> _);
        self.fixed_fields(table, around, &fields, |this, out, known, field, site| match known {
            ConnectionField::TotalCount => {
                fetch.needs_total = true;
                out.placeholder(PageValue::Total, site, false);
            }
            ConnectionField::Total => {
                fetch.groups.needs_whole = true;
                fetch.groups.is_whole = true;
                let row = this.object(connection.node, field.sets(), site, fetch);
                fetch.groups.is_whole = false;
                out.placeholder(PageValue::Whole(row), site, false);
            }
            ConnectionField::Nodes => {
                let row = this.object(connection.node, field.sets(), site, fetch);
                out.placeholder(PageValue::Rows(row), site, false);
            }
            ConnectionField::Edges => {
                let row = this.edge(connection, order, field.sets(), site, fetch);
                out.placeholder(PageValue::Rows(row), site, false);
            }
            ConnectionField::Cursor => {
                out.placeholder(PageValue::Resume(cursor_columns(order, fetch)), site, false);
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
