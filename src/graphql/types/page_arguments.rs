//! The arguments of a page, and the page that they ask for.

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

const FIRST_ARGUMENT: Argument<Option<i32>> = Argument::new("first", "Returns the first n items.");
const AFTER_ARGUMENT: Argument<Option<String>> =
    Argument::new("after", "Returns only items after this cursor.");
const LAST_ARGUMENT: Argument<Option<i32>> = Argument::new("last", "Returns the last n items.");
const BEFORE_ARGUMENT: Argument<Option<String>> =
    Argument::new("before", "Returns only items before this cursor.");

/// The arguments of a page, to be listed after the other arguments of a field.
pub(super) const FIRST: ArgumentDefinition = FIRST_ARGUMENT.definition();
pub(super) const AFTER: ArgumentDefinition = AFTER_ARGUMENT.definition();
pub(super) const LAST: ArgumentDefinition = LAST_ARGUMENT.definition();
pub(super) const BEFORE: ArgumentDefinition = BEFORE_ARGUMENT.definition();

impl FieldArguments<'_> {
    /// The page of a list in this order, and the only parent whose list the cursors belong to.
    pub(super) fn page(&self, order: &Order, max_size: u32) -> Result<(PageRequest, Option<i64>)> {
        let (size, end) = match (self.get(&FIRST_ARGUMENT)?, self.get(&LAST_ARGUMENT)?) {
            (Some(_), Some(_)) => {
                return Err(Error::input("Ask for 'first' or for 'last', not for both."));
            }
            (None, Some(last)) => (page_size("last", last, max_size)?, End::Last),
            (Some(first), None) => (page_size("first", first, max_size)?, End::First),
            (None, None) => (self.limits().default_page_size.min(max_size), End::First),
        };
        let position = |argument| {
            let cursor: Option<String> = self.get(argument)?;
            let account = self.account()?;
            cursor.map(|cursor| order.decode_cursor(account, &cursor)).transpose()
        };
        let (mut parent, mut positions) = (None, [None, None]);
        for (nth, argument) in [&AFTER_ARGUMENT, &BEFORE_ARGUMENT].into_iter().enumerate() {
            let Some((of, position)) = position(argument)? else { continue };
            if parent.is_some() && parent != of {
                return Err(foreign_cursor());
            }
            parent = of;
            positions[nth] = Some(position);
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
