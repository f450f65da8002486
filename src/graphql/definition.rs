//! How an object type is declared: one table of its fields, from which come the schema
//! (`register.rs`), the cost of a request, and how the executor reads and writes the fields.

use async_graphql::{InputType, registry::Registry};

use super::context::RequestContext;
use crate::{
    error::Result,
    store::{
        ColumnRef,
        query::{ChildQuery, ListQuery, RowKey, RowKind, RowQuery},
    },
};

pub(super) mod arguments;

use arguments::{Argument, FieldArguments};

/// An object type.
#[derive(Debug)]
pub(super) struct ObjectDefinition {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// The names of the interfaces that it implements.
    pub(super) interfaces: &'static [&'static str],
    pub(super) fields: &'static [FieldDefinition],
}

/// A field of an object type.
#[derive(Debug)]
pub(super) struct FieldDefinition {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) nullable: bool,
    /// The arguments, except those of a page.
    pub(super) arguments: &'static [ArgumentDefinition],
    pub(super) cost: Cost,
    pub(super) source: FieldSource,
}

/// An argument of a field.
#[derive(Debug)]
pub(super) struct ArgumentDefinition {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// The default value, as the schema writes it.
    pub(super) default: Option<&'static str>,
    pub(super) register: RegisterType,
}

/// Adds a type to the schema and returns its name, perhaps with `!` at its end.
pub(super) type RegisterType = fn(&mut Registry) -> String;

/// What a field costs: 1, and the cost of what is selected of it, as many times as it has rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// One row at most.
    One,
    /// A text of many lines, which costs more to send.
    LongText,
    /// The size of the page that the arguments ask for.
    Page,
    /// A list without pages, which is expected to have this many rows.
    Rows(u64),
    /// The length of the list in this argument.
    LengthOf(&'static str),
}

/// Where the value of a field comes from, and so its type.
#[derive(Debug)]
pub(super) enum FieldSource {
    /// A text.
    Text(ColumnRef),
    /// An enum value, stored as its name.
    Enum { column: ColumnRef, register: RegisterType, is_known: fn(&str) -> bool },
    /// A number of 64 bits, written as an ID.
    Digits(ColumnRef),
    /// A number; an error where it does not fit into 32 bits.
    Int(ColumnRef),
    /// A number, written as a float.
    Float(ColumnRef),
    /// A time.
    Time(ColumnRef),
    /// Whole seconds from one time to another.
    Seconds { from: ColumnRef, to: ColumnRef },
    /// Whether the column is not null.
    IsPresent(ColumnRef),
    /// Whether the number is above zero.
    IsPositive(ColumnRef),
    /// The id of a node.
    NodeId(RowKind),
    /// A value of the request itself, as JSON, and its type.
    Request { register: RegisterType, value: RequestValue },
    /// An object that has no row of its own.
    Object(&'static ObjectDefinition),
    /// The node of a joined row, null where this column is null.
    Joined(RowKind, ColumnRef),
    /// Rows that belong to the row.
    Children(&'static ChildrenDefinition),
    /// A page of a list of the account.
    List(&'static ListDefinition),
    /// One row of the account.
    Row { object: &'static ObjectDefinition, query: fn(&FieldArguments<'_>) -> Result<RowQuery> },
    /// Rows of the account without pages.
    Rows { object: &'static ObjectDefinition, query: ReadArguments<RowQuery> },
    /// One object of a type, by its key.
    RowByKey { object: &'static ObjectDefinition, key: ReadArguments<RowKey>, kind: RowKind },
    /// One object of any node type, by its id.
    Node(ReadArguments<String>),
    /// Objects of any node types, by their ids.
    Nodes(ReadArguments<Vec<String>>),
}

/// Reads a value from the arguments of a field.
pub(super) type ReadArguments<T> = fn(&FieldArguments<'_>) -> Result<T>;

/// A value of the request itself.
pub(super) type RequestValue = fn(&RequestContext) -> Result<serde_json::Value>;

/// A connection type with its edge type.
#[derive(Debug)]
pub(super) struct ConnectionDefinition {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) edge_name: &'static str,
    pub(super) edge_description: &'static str,
    pub(super) node: &'static ObjectDefinition,
}

/// A list of the account.
#[derive(Debug)]
pub(super) struct ListDefinition {
    pub(super) connection: &'static ConnectionDefinition,
    pub(super) query: ReadArguments<(ListQuery, crate::domain::page::PageRequest)>,
}

/// Rows that belong to a row.
#[derive(Debug)]
pub(super) struct ChildrenDefinition {
    pub(super) shape: ChildrenShape,
    /// The rows, and the only parent that they may be read for, if a cursor says so.
    pub(super) query: ReadArguments<(ChildQuery, Option<i64>)>,
    /// The column that identifies the parent.
    pub(super) parent: ColumnRef,
    /// The column of the parent that is 0 where it has no such rows.
    pub(super) count: Option<ColumnRef>,
}

/// How rows that belong to a row are written.
#[derive(Debug)]
pub(super) enum ChildrenShape {
    /// As a page.
    Connection(&'static ConnectionDefinition),
    /// As a list, of which an argument may select the rows with a folded text in a column.
    List { object: &'static ObjectDefinition, matching: (ColumnRef, ReadArguments<Option<String>>) },
}

impl FieldSource {
    /// Whether the value is a page, so that the field has page arguments.
    pub(super) const fn is_page(&self) -> bool {
        match self {
            Self::List(_) => true,
            Self::Children(children) => matches!(children.shape, ChildrenShape::Connection(_)),
            _ => false,
        }
    }
}

impl FieldDefinition {
    /// A field that is never null.
    pub(super) const fn required(
        name: &'static str,
        description: &'static str,
        source: FieldSource,
    ) -> Self {
        let cost = if source.is_page() { Cost::Page } else { Cost::One };
        Self { name, description, nullable: false, arguments: &[], cost, source }
    }

    /// A field that may be null.
    pub(super) const fn nullable(
        name: &'static str,
        description: &'static str,
        source: FieldSource,
    ) -> Self {
        let field = Self::required(name, description, source);
        Self { nullable: true, ..field }
    }

    /// The field with arguments.
    pub(super) const fn with(self, arguments: &'static [ArgumentDefinition]) -> Self {
        Self { arguments, ..self }
    }

    /// The field with a cost of its own.
    pub(super) const fn costs(self, cost: Cost) -> Self {
        Self { cost, ..self }
    }
}

impl<T: InputType> Argument<T> {
    /// The argument as a part of a field.
    pub(super) const fn definition(&self) -> ArgumentDefinition {
        ArgumentDefinition {
            name: self.name,
            description: self.description,
            default: self.default,
            register: T::create_type_info,
        }
    }
}

impl ObjectDefinition {
    /// The field with this name.
    pub(super) fn field(&self, name: &str) -> Option<&'static FieldDefinition> {
        self.fields.iter().find(|field| field.name == name)
    }
}
