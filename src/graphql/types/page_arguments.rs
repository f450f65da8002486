//! The page arguments of a field, and the page that they select.

use super::super::definition::{
    ArgumentDefinition,
    arguments::{Argument, FieldArguments},
};
use crate::{
    domain::{
        cursor::foreign_cursor,
        page::{End, PageRequest},
    },
    error::{Error, Result},
    store::order::Order,
};

const FIRST: Argument<Option<i32>> = Argument::new("first", "Returns the first n items.");
pub(super) const AFTER: Argument<Option<String>> =
    Argument::new("after", "Returns only items after this cursor.");
const LAST: Argument<Option<i32>> = Argument::new("last", "Returns the last n items.");
const BEFORE: Argument<Option<String>> =
    Argument::new("before", "Returns only items before this cursor.");

/// The page arguments, which are the last arguments of each field that returns a page.
pub(in crate::graphql) static PAGE_ARGUMENTS: [ArgumentDefinition; 4] =
    [FIRST.definition(), AFTER.definition(), LAST.definition(), BEFORE.definition()];

/// The page arguments of a field whose pages are taken from the start of the list only.
pub(in crate::graphql) static FORWARD_ARGUMENTS: [ArgumentDefinition; 2] =
    [FIRST.definition(), AFTER.definition()];

impl FieldArguments<'_> {
    /// The page of a list in this order, and the parent whose list the cursors belong to, if they have
    /// one.
    pub(super) fn page(&self, order: &Order, max_size: u32) -> Result<(PageRequest, Option<i64>)> {
        let (size, end) = match (self.get(&FIRST)?, self.get(&LAST)?) {
            (Some(_), Some(_)) => {
                return Err(Error::input("Ask for 'first' or for 'last', not for both."));
            }
            (None, Some(last)) => (page_size("last", last, max_size)?, End::Last),
            (Some(first), None) => (page_size("first", first, max_size)?, End::First),
            (None, None) => (self.limits().default_page_size.min(max_size), End::First),
        };
        let position = |argument| {
            let cursor: Option<String> = self.get(argument)?;
            let key = self.cursor_key()?;
            cursor.map(|cursor| order.decode_cursor(key, &cursor)).transpose()
        };
        let (mut parent, mut positions) = (None, [None, None]);
        for (index, argument) in [&AFTER, &BEFORE].into_iter().enumerate() {
            let Some((cursor_parent, position)) = position(argument)? else { continue };
            if parent.is_some() && parent != cursor_parent {
                return Err(foreign_cursor());
            }
            parent = cursor_parent;
            positions[index] = Some(position);
        }
        let [after, before] = positions;
        Ok((PageRequest { size, end, after, before }, parent))
    }
}

fn page_size(name: &str, size: i32, max_size: u32) -> Result<u32> {
    match u32::try_from(size) {
        Err(_) => Err(Error::input(format!("'{name}' is {size}; it must not be negative."))),
        Ok(size) if size > max_size => {
            Err(Error::input(format!("'{name}' is {size}; the maximum is {max_size}.")))
        }
        Ok(size) => Ok(size),
    }
}
