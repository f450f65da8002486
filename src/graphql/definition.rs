//! How an object type is declared: one table of its fields, from which come the schema
//! (`register.rs`), the cost of a request, and how the executor reads and writes the fields.

use super::{context::RequestContext, mutations::Change};
use crate::{
    domain::{
        page::{PageRequest, Position},
        statistics::{GroupColumn, Statistics, measure::Measure},
        viewer::Scope,
    },
    error::Result,
    store::{
        ColumnRef,
        order::Order,
        query::{ChildQuery, ListQuery, Listing, RowKey, RowKind, RowQuery},
    },
};

pub(super) mod arguments;

use arguments::FieldArguments;
pub(super) use arguments::{ArgumentDefinition, RegisterType};

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

/// What a field costs: 1, and the cost of what is selected of it, as many times as it has rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// One row at most.
    One,
    /// A text of many lines, which costs more to send.
    LongText,
    /// The size of the page that the arguments ask for.
    Page,
    /// The size of the page of groups that the arguments ask for.
    Groups,
    /// A list without pages, which is expected to have this many rows.
    Rows(u64),
    /// The length of the list in this argument.
    LengthOf(&'static str),
    /// The length of the list in this argument, each item of which is written and answered.
    Recorded(&'static str),
    /// One row, to which the list in this argument is added.
    Appended(&'static str),
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
    /// The cursor of the row in a list of this order.
    Cursor(&'static Order),
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
    /// A page of groups of sessions.
    Groups(&'static GroupsDefinition),
    /// A value of a group of sessions.
    OfGroup { column: ReadArguments<GroupColumn>, value: GroupValue },
    /// An object of a group, null where this column is null.
    ObjectOfGroup { object: &'static ObjectDefinition, present: ReadArguments<GroupColumn> },
    /// A page of the sessions of a group.
    SessionsOfGroup,
    /// The technician of a group.
    TechnicianOfGroup,
    /// One row of the account.
    Row { object: &'static ObjectDefinition, query: fn(&FieldArguments<'_>) -> Result<RowQuery> },
    /// Rows of the account without pages.
    Rows { object: &'static ObjectDefinition, query: ReadArguments<RowQuery> },
    /// The texts of a column of rows of the account without pages.
    Texts { column: ColumnRef, query: ReadArguments<RowQuery> },
    /// One object of a type, by its key.
    RowByKey { object: &'static ObjectDefinition, key: ReadArguments<RowKey>, kind: RowKind },
    /// One object of any node type, by its id.
    Node(ReadArguments<String>),
    /// Objects of any node types, by their ids.
    Nodes(ReadArguments<Vec<String>>),
    /// The change feed, an event for each change.
    Feed(&'static FeedDefinition),
    /// A change of the history, and the answer to it.
    Mutation(&'static MutationDefinition),
    /// The rows that a change led to.
    Results(&'static ObjectDefinition),
    /// The session with the number in this column, null where the column is null.
    SessionByNumber(ColumnRef),
}

/// Reads a value from the arguments of a field.
pub(super) type ReadArguments<T> = fn(&FieldArguments<'_>) -> Result<T>;

/// A value of the request itself.
pub(super) type RequestValue = fn(&RequestContext) -> Result<serde_json::Value>;

/// The type of a value of a group of sessions.
#[derive(Debug)]
pub(super) enum GroupValue {
    /// A number; an error where it does not fit into 32 bits.
    Int,
    /// A number, written as a float.
    Float,
    /// A number of microseconds, written as seconds.
    Micros,
    /// The number divided by this one; null if that is 0.
    AverageOver(Measure),
    /// A time.
    Time,
    /// A text.
    Text,
    /// Whether the number is 1.
    Flag,
    /// An enum value, stored as its name.
    Enum { register: RegisterType, is_known: fn(&str) -> bool },
}

/// The change feed, an event for each change.
#[derive(Debug)]
pub(super) struct FeedDefinition {
    pub(super) object: &'static ObjectDefinition,
    /// Which changes, and the position after which they begin. None is the end of the feed.
    pub(super) query: ReadArguments<(Listing, Option<Position>)>,
}

/// A change of the history, and the answer to it.
#[derive(Debug)]
pub(super) struct MutationDefinition {
    /// What the key must be allowed to do.
    pub(super) scope: Scope,
    pub(super) payload: Payload,
    pub(super) change: ReadArguments<Change>,
}

/// What a change is answered with.
#[derive(Debug)]
pub(super) enum Payload {
    /// An object whose fields are lists of the rows that the change led to.
    Results(&'static ObjectDefinition),
    /// The session that was changed.
    Session(&'static ObjectDefinition),
    /// An object of the one row that the change led to, which has this column.
    Row { object: &'static ObjectDefinition, column: ColumnRef },
}

/// A connection type with its edge type.
#[derive(Debug)]
pub(super) struct ConnectionDefinition {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) edge_name: &'static str,
    pub(super) edge_description: &'static str,
    pub(super) node: &'static ObjectDefinition,
    pub(super) kind: ConnectionKind,
}

/// Which fields a connection has, beside those of all connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionKind {
    /// The number of items.
    Rows,
    /// The number of items, and an item for everything that the filter matches.
    Groups,
    /// The cursor to continue with. Pages are taken from the start of the list only.
    Changes,
}

/// A list of the account.
#[derive(Debug)]
pub(super) struct ListDefinition {
    pub(super) connection: &'static ConnectionDefinition,
    pub(super) query: ReadArguments<(ListQuery, crate::domain::page::PageRequest)>,
}

/// Groups of sessions of the account.
#[derive(Debug)]
pub(super) struct GroupsDefinition {
    pub(super) connection: &'static ConnectionDefinition,
    pub(super) query: ReadArguments<(Statistics, PageRequest)>,
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
            Self::List(_) | Self::SessionsOfGroup => true,
            Self::Children(children) => matches!(children.shape, ChildrenShape::Connection(_)),
            _ => false,
        }
    }

    /// Whether its pages are taken from the start of the list only.
    pub(super) fn is_forward(&self) -> bool {
        matches!(self, Self::List(list) if list.connection.kind == ConnectionKind::Changes)
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

impl Payload {
    /// The type of the answer.
    pub(super) fn object(&self) -> &'static ObjectDefinition {
        match self {
            Self::Results(object) | Self::Session(object) | Self::Row { object, .. } => object,
        }
    }
}

impl ObjectDefinition {
    /// The field with this name.
    pub(super) fn field(&self, name: &str) -> Option<&'static FieldDefinition> {
        self.fields.iter().find(|field| field.name == name)
    }
}
