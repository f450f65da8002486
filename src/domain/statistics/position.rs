//! The position of a group in the order of the groups.

use super::{Criterion, Statistics, group_key::GroupKey};
use crate::{
    domain::{
        cursor::foreign_cursor,
        page::{KeyValue, Position},
    },
    error::Result,
};

/// The values that sort a group. A part of the key that the sessions of a group do not have is null.
pub type GroupPosition = Vec<Option<KeyValue>>;

impl Statistics {
    /// The text of a position, for a cursor. Only the same groups in the same order accept it.
    pub fn encode_position(&self, position: &GroupPosition) -> String {
        let mut text = encode_values(&[Some(KeyValue::Text(self.signature()))]);
        text.push_str(&encode_values(position));
        text
    }

    /// The position of a cursor.
    ///
    /// # Errors
    /// When the cursor is one of other groups, or of another order.
    pub fn decode_position(&self, position: &Position) -> Result<GroupPosition> {
        match position.0.as_slice() {
            [KeyValue::Text(text)] => self.parse_position(text).ok_or_else(foreign_cursor),
            _ => Err(foreign_cursor()),
        }
    }

    fn parse_position(&self, mut text: &str) -> Option<GroupPosition> {
        if next_value(&mut text)?? != KeyValue::Text(self.signature()) {
            return None;
        }
        let mut position = GroupPosition::new();
        for is_text in self.sorts_by_text() {
            let value = next_value(&mut text)?;
            if value.as_ref().is_some_and(|it| matches!(it, KeyValue::Text(_)) != is_text) {
                return None;
            }
            position.push(value);
        }
        text.is_empty().then_some(position)
    }

    /// For each value of a position, whether it is a text.
    fn sorts_by_text(&self) -> Vec<bool> {
        let parts = self.grouping.criteria.iter().flat_map(|criterion| {
            let is_text = match criterion {
                Criterion::Technician
                | Criterion::Text(_)
                | Criterion::Computer
                | Criterion::StartMethod
                | Criterion::CustomField(_) => true,
                Criterion::Answered
                | Criterion::HasVideos
                | Criterion::Period(_)
                | Criterion::HourOfDay
                | Criterion::DayOfWeek => false,
            };
            std::iter::repeat_n(is_text, criterion.parts())
        });
        self.order.by.iter().map(|_| false).chain(parts).collect()
    }

    fn signature(&self) -> String {
        format!("{} {}", self.order.name, self.grouping.signature())
    }
}

impl GroupKey {
    /// The key as a text.
    pub fn encode(&self) -> String {
        encode_values(&self.0)
    }

    /// The key that a text was made of.
    pub fn decode(mut text: &str) -> Option<Self> {
        let mut values = Vec::new();
        while !text.is_empty() {
            values.push(next_value(&mut text)?);
        }
        Some(Self(values))
    }
}

fn encode_values(values: &[Option<KeyValue>]) -> String {
    let mut text = String::new();
    for value in values {
        match value {
            None | Some(KeyValue::Absent) => text.push('n'),
            Some(KeyValue::Number(number)) => text.push_str(&format!("i{number};")),
            Some(KeyValue::Text(value)) => text.push_str(&format!("t{};{value}", value.len())),
        }
    }
    text
}

/// Removes the first value of a text of values. None if the text does not begin with a value.
fn next_value(text: &mut &str) -> Option<Option<KeyValue>> {
    if let Some(rest) = text.strip_prefix('n') {
        *text = rest;
        return Some(None);
    }
    let (head, rest) = text.split_once(';')?;
    let (kind, number) = head.split_at_checked(1)?;
    let (value, rest) = match kind {
        "i" => (KeyValue::Number(number.parse().ok()?), rest),
        "t" => {
            let (value, rest) = rest.split_at_checked(number.parse().ok()?)?;
            (KeyValue::Text(value.to_owned()), rest)
        }
        _ => return None,
    };
    *text = rest;
    Some(Some(value))
}

#[cfg(test)]
mod tests {
    use super::{GroupKey, GroupPosition, KeyValue, Statistics};
    use crate::domain::{
        filter::SessionFilter,
        statistics::{Criterion, GroupOrder, Grouping},
        time::zone::Zone,
    };

    fn by(criteria: Vec<Criterion>) -> Statistics {
        let zone = Zone::parse("UTC").unwrap();
        let grouping = Grouping { filter: SessionFilter::default(), criteria, zone };
        let order = GroupOrder { name: "k", by: None, ascending: true };
        Statistics { grouping, having: Vec::new(), order }
    }

    #[test]
    fn a_position_is_read_as_it_was_written_and_only_by_the_same_groups() {
        let text = |text: &str| Some(KeyValue::Text(text.to_owned()));
        let statistics = by(vec![Criterion::Computer, Criterion::Answered]);
        for position in [
            vec![text("é;i5"), text(""), Some(KeyValue::Number(-1))],
            vec![None, text("t9;"), None],
        ] {
            let written = statistics.encode_position(&position);
            assert_eq!(statistics.parse_position(&written), Some(position.clone()));
            let key = GroupKey(position);
            assert_eq!(GroupKey::decode(&key.encode()), Some(key));
            assert_eq!(by(vec![Criterion::Computer]).parse_position(&written), None);
            assert_eq!(statistics.parse_position(&format!("{written}n")), None);
            assert_eq!(statistics.parse_position(&written[..written.len() - 1]), None);
        }
        let wrong: GroupPosition = vec![Some(KeyValue::Number(1)), None, None];
        assert_eq!(statistics.parse_position(&statistics.encode_position(&wrong)), None);
    }
}
