//! Values of a row, by the columns that are read for them.

use super::super::{
    fetch::Fetch,
    template::{CursorColumns, RowValue},
};
use crate::{
    domain::{page::KeyKind, statistics::GroupColumn},
    graphql::{
        definition::{ChildrenShape, FieldSource, GroupValue},
        node_id::id_word,
    },
    store::order::{GROUPS, Order},
};

/// The columns of the cursors of an order.
pub(in crate::graphql::plan) fn cursor_columns(
    order: &'static Order,
    fetch: &mut Fetch,
) -> CursorColumns {
    if *order == GROUPS {
        let key = vec![(fetch.group_column(GroupColumn::Position), KeyKind::Text)];
        return CursorColumns { order, key, parent: None };
    }
    CursorColumns {
        order,
        key: order.key_kinds().map(|(column, kind)| (fetch.column(column), kind)).collect(),
        parent: order.parent.map(|column| fetch.column(column)),
    }
}

/// Whether the values below a field are items of a list.
pub(in crate::graphql::plan) fn is_list(source: &FieldSource) -> bool {
    match source {
        FieldSource::Nodes(_)
        | FieldSource::Rows { .. }
        | FieldSource::Texts { .. }
        | FieldSource::Results(_) => true,
        FieldSource::Children(children) => {
            matches!(children.shape, ChildrenShape::List { .. })
        }
        _ => false,
    }
}

/// A value of a group of sessions.
pub(super) fn group_value(column: GroupColumn, value: &GroupValue, fetch: &mut Fetch) -> RowValue {
    let column = fetch.group_column(column);
    match value {
        GroupValue::Int => RowValue::Int(column),
        GroupValue::Float => RowValue::Float(column),
        GroupValue::Micros => RowValue::Micros(column),
        GroupValue::AverageOver(count) => RowValue::Average {
            sum: column,
            count: fetch.group_column(GroupColumn::Measure(*count)),
        },
        GroupValue::Time => RowValue::Time(column),
        GroupValue::Text => RowValue::Text(column),
        GroupValue::Flag => RowValue::Flag(column),
        GroupValue::Enum { is_known, .. } => RowValue::Enum(column, *is_known),
    }
}

/// A value of one or two columns of the row; none for sources of another kind.
pub(super) fn column_value(source: &FieldSource, fetch: &mut Fetch) -> Option<RowValue> {
    Some(match source {
        FieldSource::Text(column) => RowValue::Text(fetch.column(*column)),
        FieldSource::Enum { column, is_known, .. } => {
            RowValue::Enum(fetch.column(*column), *is_known)
        }
        FieldSource::Digits(column) => RowValue::Digits(fetch.column(*column)),
        FieldSource::Int(column) => RowValue::Int(fetch.column(*column)),
        FieldSource::Float(column) => RowValue::Float(fetch.column(*column)),
        FieldSource::Time(column) => RowValue::Time(fetch.column(*column)),
        FieldSource::Cursor(order) => RowValue::Cursor(cursor_columns(order, fetch)),
        FieldSource::IsPresent(column) => RowValue::IsPresent(fetch.column(*column)),
        FieldSource::IsPositive(column) => RowValue::IsPositive(fetch.column(*column)),
        FieldSource::NodeId(kind) => {
            let columns = kind.key_columns().iter().map(|column| fetch.column(*column));
            RowValue::NodeId(id_word(*kind), columns.collect())
        }
        _ => return None,
    })
}
