//! Fields of a group of sessions, by the type of their value.

use super::super::super::definition::{
    FieldDefinition as Field, FieldSource::OfGroup, GroupValue, ReadArguments,
};
use crate::domain::statistics::GroupColumn;

type Column = ReadArguments<GroupColumn>;

pub(super) const fn int(name: &'static str, description: &'static str, column: Column) -> Field {
    Field::required(name, description, OfGroup { column, value: GroupValue::Int })
}

pub(super) const fn nullable_int(
    name: &'static str,
    description: &'static str,
    column: Column,
) -> Field {
    Field::nullable(name, description, OfGroup { column, value: GroupValue::Int })
}

pub(super) const fn time(name: &'static str, description: &'static str, column: Column) -> Field {
    Field::nullable(name, description, OfGroup { column, value: GroupValue::Time })
}

pub(super) const fn text_of(
    name: &'static str,
    description: &'static str,
    column: Column,
) -> Field {
    Field::nullable(name, description, OfGroup { column, value: GroupValue::Text })
}

pub(super) const fn flag(name: &'static str, description: &'static str, column: Column) -> Field {
    Field::nullable(name, description, OfGroup { column, value: GroupValue::Flag })
}
