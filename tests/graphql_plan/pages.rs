//! Pages of lists, by their arguments.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{
    object::{Resolved, Thing},
    reference::Reference,
    selection::Argument,
};
use crate::model::order::Order;

/// A page of a list, with the cursor of each item.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    pub items: Vec<(Thing<'a>, String)>,
    pub total: usize,
    pub has_previous: bool,
    pub has_next: bool,
}

/// The value of an argument, as JSON.
pub fn argument(arguments: &[Argument], name: &str) -> Option<Value> {
    let (_, value) = arguments.iter().find(|(known, _)| *known == name)?;
    serde_json::from_str(value).ok()
}

/// What a cursor holds.
fn read(cursor: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap()
}

/// The place of a cursor: after the key of the account and the list, numbers or a text.
fn key(cursor: &str) -> Vec<(Option<i64>, String)> {
    let parts = read(cursor);
    let value = |part: &str| match part.parse() {
        Ok(number) => (Some(number), String::new()),
        Err(_) => (None, part.to_owned()),
    };
    parts.split('/').skip(2).map(value).collect()
}

/// Whether a cursor is before another one.
fn precedes(order: Option<Order>, left: &str, right: &str) -> bool {
    let (left, right) = (key(left), key(right));
    match (order, &left[..], &right[..]) {
        (Some(order), [one, (Some(id), _)], [other, (Some(other_id), _)]) => {
            order.compare_keys((one.0, *id), (other.0, *other_id)).is_lt()
        }
        _ => left < right,
    }
}

impl<'a> Reference<'a> {
    /// A page of a list by its arguments, unless one of them is wrong. `head` is what the cursors of
    /// the list begin with; sessions have an order.
    pub fn page(
        &self,
        (head, order): (&str, Option<Order>),
        all: Vec<(Thing<'a>, String)>,
        arguments: &[Argument],
    ) -> Option<Page<'a>> {
        let precedes = |left: &str, right: &str| precedes(order, left, right);
        let cursor = |name| {
            let given = argument(arguments, name).map(|it| it.as_str().unwrap().to_owned());
            let own = format!("{}/{head}/", self.cursor_key);
            given.map_or(Some(None), |given| read(&given).starts_with(&own).then_some(Some(given)))
        };
        let size = |name| argument(arguments, name).map(|it| it.as_i64().unwrap());
        let (after, before) = (cursor("after")?, cursor("before")?);
        if size("first").or(size("last")).is_some_and(|size| size < 0) {
            return None;
        }
        let within = |(_, at): &&(Thing<'a>, String)| {
            after.as_ref().is_none_or(|after| precedes(after, at))
                && before.as_ref().is_none_or(|before| precedes(at, before))
        };
        let within: Vec<_> = all.iter().filter(within).cloned().collect();
        let (items, has_previous, has_next) = match size("last") {
            Some(last) => {
                let cut = within.len().saturating_sub(last as usize);
                (&within[cut..], cut > 0, before.is_some())
            }
            None => {
                let first = (size("first").unwrap_or(25) as usize).min(within.len());
                (&within[..first], after.is_some(), first < within.len())
            }
        };
        Some(Page { items: items.to_vec(), total: all.len(), has_previous, has_next })
    }

    pub fn connection(of: &'static str, page: Option<Page<'a>>) -> Resolved<'a> {
        page.map_or(Resolved::Fails, |page| Resolved::One(Some(Thing::Connection(of, page))))
    }
}
