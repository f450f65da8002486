//! The columns of groups: what a statement selects for each, and its value.

use super::{key::Part, statement::Groups};
use crate::{
    domain::{
        page::KeyValue,
        statistics::{
            Criterion, GroupColumn, Grouping, KeyField, Statistics, calendar::Calendar,
            group_key::GroupKey,
        },
        time::Timestamp,
    },
    error::Result,
    store::cluster::{MadeValue, Row},
};

/// A column of the answer, and where its values come from.
pub(super) enum Made {
    Null,
    Number(usize),
    Text(usize),
    /// The beginning of a period, or its end.
    Period(usize, bool),
    /// What finds the sessions of the group.
    Group(Vec<KeySource>, GroupForm),
    Position,
}

/// A value of the key of a group.
pub(super) enum KeySource {
    Number(usize),
    Text(usize),
    /// A period, which has two values.
    Period(usize),
}

/// What is made of the key of a group.
#[derive(Clone, Copy)]
pub(super) enum GroupForm {
    Number,
    EncodedKey,
}

/// The columns that a statement selects.
#[derive(Default)]
pub(super) struct Selected(pub(super) Vec<String>);

impl Selected {
    /// The index of a column, which is selected from now on. The first two are the numbers of groups.
    pub(super) fn index(&mut self, sql: String) -> usize {
        let known = self.0.iter().position(|known| *known == sql);
        2 + known.unwrap_or_else(|| {
            self.0.push(sql);
            self.0.len() - 1
        })
    }
}

/// Selects a column.
pub(super) fn made(
    column: &GroupColumn,
    statistics: &Statistics,
    groups: &Groups<'_>,
    selected: &mut Selected,
) -> Made {
    let field = match column {
        GroupColumn::Null => return Made::Null,
        GroupColumn::Number | GroupColumn::NumberOfAll => {
            return Made::Group(key_sources(statistics, groups, selected), GroupForm::Number);
        }
        GroupColumn::EncodedKey => {
            return Made::Group(key_sources(statistics, groups, selected), GroupForm::EncodedKey);
        }
        GroupColumn::Position => return Made::Position,
        GroupColumn::Measure(measure) => {
            return Made::Number(selected.index(groups.measure(*measure)));
        }
        GroupColumn::Key(field) => field,
    };
    let part = statistics.grouping.part_of(|criterion| match (criterion, field) {
        (Criterion::Technician, KeyField::Technician)
        | (
            Criterion::Computer,
            KeyField::HasComputer | KeyField::ComputerName | KeyField::ComputerDomain,
        )
        | (Criterion::StartMethod, KeyField::StartMethod)
        | (Criterion::Answered, KeyField::Answered)
        | (Criterion::HasVideos, KeyField::HasVideos)
        | (Criterion::Period(_), KeyField::PeriodStart | KeyField::PeriodEnd)
        | (Criterion::HourOfDay, KeyField::HourOfDay)
        | (Criterion::DayOfWeek, KeyField::DayOfWeek) => true,
        (Criterion::Text(text), KeyField::Text(wanted)) => text == wanted,
        (Criterion::CustomField(name), KeyField::CustomField(wanted)) => name == wanted,
        _ => false,
    });
    let Some(mut part) = part else { return Made::Null };
    if *field == KeyField::ComputerDomain {
        part += 1;
    }
    match field {
        KeyField::HasComputer => {
            Made::Number(selected.index(format!("CASE WHEN k{part} IS NULL THEN NULL ELSE 1 END")))
        }
        KeyField::PeriodStart => Made::Period(selected.index(format!("k{part}")), false),
        KeyField::PeriodEnd => Made::Period(selected.index(format!("k{part}")), true),
        KeyField::Text(_)
        | KeyField::ComputerName
        | KeyField::ComputerDomain
        | KeyField::CustomField(_) => Made::Text(selected.index(format!("x{part}"))),
        KeyField::StartMethod => Made::Text(selected.index(format!("k{part}"))),
        KeyField::Technician
        | KeyField::Answered
        | KeyField::HasVideos
        | KeyField::HourOfDay
        | KeyField::DayOfWeek => Made::Number(selected.index(format!("k{part}"))),
    }
}

fn key_sources(
    statistics: &Statistics,
    groups: &Groups<'_>,
    selected: &mut Selected,
) -> Vec<KeySource> {
    let unit = statistics.grouping.part_of(|it| matches!(it, Criterion::Period(_)));
    let parts = groups.parts.iter().enumerate();
    let source = |(part, known): (usize, &Part)| {
        let index = selected.index(format!("k{part}"));
        match known.is_text {
            true => KeySource::Text(index),
            false if unit == Some(part) => KeySource::Period(index),
            false => KeySource::Number(index),
        }
    };
    parts.map(source).collect()
}

/// The key of a group.
fn group_key(
    sources: &[KeySource],
    row: Row<'_>,
    grouping: &Grouping,
    calendar: &Calendar,
) -> Result<GroupKey> {
    let mut key = GroupKey::default();
    for source in sources {
        match source {
            KeySource::Number(column) => key.0.push(row.opt_i64(*column)?.map(KeyValue::Number)),
            KeySource::Text(column) => {
                key.0.push(row.text(*column)?.map(|text| KeyValue::Text(text.to_owned())));
            }
            KeySource::Period(column) => {
                let period = row.opt_i64(*column)?.zip(grouping.unit());
                let bounds = period.map(|(key, unit)| calendar.bounds(unit, key));
                key.0.push(bounds.map(|(start, _)| KeyValue::Number(start)));
                key.0.push(bounds.map(|(_, end)| KeyValue::Number(end)));
            }
        }
    }
    Ok(key)
}

/// The value of a column of a group.
pub(super) fn value(
    column: &Made,
    row: Row<'_>,
    statistics: &Statistics,
    calendar: &Calendar,
    position: &[usize],
) -> Result<MadeValue> {
    let number = |number: Option<i64>| number.map_or(MadeValue::Null, MadeValue::Number);
    Ok(match column {
        Made::Null => MadeValue::Null,
        Made::Number(column) => number(row.opt_i64(*column)?),
        Made::Text(column) => {
            row.text(*column)?.map_or(MadeValue::Null, |text| MadeValue::Text(text.to_owned()))
        }
        Made::Period(column, is_end) => {
            let bounds = row.opt_i64(*column)?.zip(statistics.grouping.unit());
            let bounds = bounds.map(|(key, unit)| calendar.bounds(unit, key));
            let bound = bounds.map(|(start, end)| if *is_end { end } else { start });
            // What is before the year 1 or after the year 9999 cannot be written.
            number(bound.filter(|bound| Timestamp::from_micros(*bound).is_some()))
        }
        Made::Group(sources, form) => {
            let key = group_key(sources, row, &statistics.grouping, calendar)?.encode();
            match form {
                GroupForm::Number => MadeValue::Number(statistics.grouping.number_of(&key)),
                GroupForm::EncodedKey => MadeValue::Text(key),
            }
        }
        Made::Position => {
            let value = |column: &usize| {
                // A column has numbers or texts. A null is both.
                match row.opt_i64(*column) {
                    Ok(number) => Ok(number.map(KeyValue::Number)),
                    Err(_) => Ok(row.text(*column)?.map(|text| KeyValue::Text(text.to_owned()))),
                }
            };
            let values = position.iter().map(value).collect::<Result<Vec<_>>>()?;
            MadeValue::Text(statistics.encode_position(&values))
        }
    })
}
