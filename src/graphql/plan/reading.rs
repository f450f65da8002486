//! What a plan reads: columns of rows, and what belongs to those rows.

use std::ops::Range;

use crate::{
    domain::{
        filter::{ChatMessageFilter, VideoFilter},
        page::{End, PageRequest, Seq, SessionPosition},
    },
    error::Result,
    store::{Column, Row, session::Listing},
};

/// What is read of the rows of a list.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The columns.
    pub(super) columns: Vec<Column>,
    /// What belongs to the rows, each with one statement for all of them.
    pub(super) children: Vec<Child>,
    /// Whether the rows are wanted, and not only their number.
    pub(super) listed: bool,
    /// Whether all rows are counted, those beyond the page too.
    pub(super) counted: bool,
    /// The number of the only row, where it is known.
    pub(super) only: Option<i64>,
}

/// Rows that belong to other rows.
#[derive(Debug)]
pub(super) struct Child {
    /// Which rows.
    pub(super) question: Question,
    /// Whose.
    pub(super) parent: Parent,
    /// What is read of them. Its first column names the parent.
    pub(super) reading: Reading,
}

/// What a row says of those that belong to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Parent {
    /// The place of the column that names them.
    pub(super) id_column: usize,
    /// The place of the column that is 0 where there are none, if there is such a column.
    pub(super) count_column: Option<usize>,
}

/// Which rows belong to a row.
#[derive(Debug, PartialEq)]
pub(super) enum Question {
    /// The custom fields of a session.
    CustomFields,
    /// A page of the chat of a session.
    ChatMessages(ChatMessageFilter, PageRequest<Seq>),
    /// A page of the recordings of a session.
    Videos(VideoFilter, PageRequest<Seq>),
    /// A page of the sessions of a technician.
    Sessions(Listing, PageRequest<SessionPosition>),
}

/// The rows of one page among all rows that were read.
#[derive(Clone, Debug, Default)]
pub(super) struct Slice {
    /// Their places.
    pub(super) places: Range<usize>,
    /// Whether the last of them comes first.
    pub(super) reversed: bool,
    pub(super) has_previous: bool,
    pub(super) has_next: bool,
}

impl Reading {
    /// The place of a column, which is read from now on.
    pub(super) fn column(&mut self, column: Column) -> usize {
        match self.columns.iter().position(|known| *known == column) {
            Some(place) => place,
            None => {
                self.columns.push(column);
                self.columns.len() - 1
            }
        }
    }

    /// The place of a child, which is read from now on. Who asks the same shares a statement.
    pub(super) fn child(&mut self, question: Question, parent: Parent, owner: Column) -> usize {
        let same = |known: &Child| known.question == question && known.parent == parent;
        match self.children.iter().position(same) {
            Some(place) => place,
            None => {
                let listed = question == Question::CustomFields;
                let reading = Self { columns: vec![owner], listed, ..Self::default() };
                self.children.push(Child { question, parent, reading });
                self.children.len() - 1
            }
        }
    }
}

impl Parent {
    /// What names a row's own, unless it has none.
    pub(super) fn of(self, row: Row<'_>) -> Result<Option<i64>> {
        match self.count_column.map(|column| row.key(column)).transpose()? {
            Some(0) => Ok(None),
            _ => row.number(self.id_column),
        }
    }
}

impl Slice {
    /// The page in rows that were read for it: from the asked end, one more than asked if there is
    /// one.
    pub(super) fn of<P>(read: Range<usize>, page: &PageRequest<P>) -> Self {
        let size = page.size as usize;
        let more = read.len() > size;
        let places = read.start..read.start + read.len().min(size);
        match page.end {
            End::First => {
                Self { places, reversed: false, has_previous: page.after.is_some(), has_next: more }
            }
            End::Last => {
                Self { places, reversed: true, has_previous: more, has_next: page.before.is_some() }
            }
        }
    }

    /// The places in the order of the list.
    pub(super) fn in_order(&self) -> impl Iterator<Item = usize> {
        let Range { start, end } = self.places;
        let reversed = self.reversed;
        (0..end - start).map(move |nth| if reversed { end - 1 - nth } else { start + nth })
    }
}
