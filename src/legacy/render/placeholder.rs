//! The positions in a written page at which more items of a list belong.

use crate::legacy::{
    response::{ListItems, ListPage, ResponseSession},
    vars::ChildList,
};

/// A position in the text at which more items of a list belong.
pub(in crate::legacy) struct Placeholder {
    /// The number of bytes before it.
    pub(in crate::legacy) position: usize,
    pub(in crate::legacy) continuation: Continuation,
}

/// The items of a session's list that are not loaded yet.
pub(in crate::legacy) struct Continuation {
    pub(in crate::legacy) list: ChildList,
    /// The session's node id.
    pub(in crate::legacy) session: String,
    /// The cursor of the last loaded item.
    pub(in crate::legacy) after: String,
}

impl Placeholder {
    /// The placeholder after the first page of a session's list, if the list has more pages.
    pub(super) fn after(
        session: &ResponseSession<'_>,
        connection: &ListPage<'_, ListItems<'_>>,
        position: usize,
    ) -> Option<Self> {
        let after = connection.next?.to_owned();
        let (list, session) = (connection.nodes.list(), session.id.clone().into_owned());
        Some(Self { position, continuation: Continuation { list, session, after } })
    }
}
