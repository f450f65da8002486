//! The fields of connections, of their edges and of their page information.

use super::super::definition::ConnectionKind;

/// A field of connections.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) enum ConnectionField {
    PageInfo,
    Edges,
    Nodes,
    TotalCount,
    /// Of groups.
    Total,
    /// Of the change feed.
    Cursor,
}

impl ConnectionField {
    /// Whether connections of a kind have the field.
    pub(in crate::graphql) fn is_of(self, kind: ConnectionKind) -> bool {
        match self {
            Self::PageInfo | Self::Edges | Self::Nodes => true,
            Self::TotalCount => kind != ConnectionKind::Changes,
            Self::Total => kind == ConnectionKind::Groups,
            Self::Cursor => kind == ConnectionKind::Changes,
        }
    }
}

/// A field of every edge.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) enum EdgeField {
    Node,
    Cursor,
}

/// A field of the page information.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) enum PageInfoField {
    HasPreviousPage,
    HasNextPage,
    StartCursor,
    EndCursor,
}

/// The name, the description and the meaning of each field.
pub(in crate::graphql) type Fields<F, const N: usize> = [(&'static str, &'static str, F); N];

pub(in crate::graphql) static CONNECTION_FIELDS: Fields<ConnectionField, 6> = [
    (
        "pageInfo",
        "Whether there are more pages, and the cursors to continue with.",
        ConnectionField::PageInfo,
    ),
    ("edges", "The items of the page, each with its cursor.", ConnectionField::Edges),
    ("nodes", "The items of the page.", ConnectionField::Nodes),
    (
        "totalCount",
        "The number of items on all pages together. Counting many items takes a while.",
        ConnectionField::TotalCount,
    ),
    ("total", "The statistics of all sessions that match the filter.", ConnectionField::Total),
    (
        "cursor",
        "The cursor to continue with, also of an empty page: the next request with it as 'after' returns what \
         this page does not.",
        ConnectionField::Cursor,
    ),
];

pub(in crate::graphql) static EDGE_FIELDS: Fields<EdgeField, 2> = [
    ("node", "The item.", EdgeField::Node),
    ("cursor", "The cursor of the item.", EdgeField::Cursor),
];

/// The name of the type of the page information.
pub(in crate::graphql) const PAGE_INFO_NAME: &str = "PageInfo";

/// The description of the type of the page information.
pub(in crate::graphql) const PAGE_INFO_DESCRIPTION: &str =
    "Whether there are more pages, and the cursors to continue with.";

pub(in crate::graphql) static PAGE_INFO_FIELDS: Fields<PageInfoField, 4> = [
    (
        "hasPreviousPage",
        "Whether there are items before the page. Of a page after a cursor this is always true.",
        PageInfoField::HasPreviousPage,
    ),
    (
        "hasNextPage",
        "Whether there are items after the page. Of a page before a cursor this is always true.",
        PageInfoField::HasNextPage,
    ),
    (
        "startCursor",
        "The cursor of the first item, to continue backwards; null if the page is empty.",
        PageInfoField::StartCursor,
    ),
    (
        "endCursor",
        "The cursor of the last item, to continue forwards; null if the page is empty.",
        PageInfoField::EndCursor,
    ),
];

/// The meaning of the field with this name.
pub(in crate::graphql) fn field_named<F: Copy, const N: usize>(
    fields: &Fields<F, N>,
    name: &str,
) -> Option<F> {
    fields.iter().find(|(known, ..)| *known == name).map(|(_, _, field)| *field)
}
