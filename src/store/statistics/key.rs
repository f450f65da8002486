//! The parts of the key of a group, as SQL.

use super::dialect::{Dialect, tree};
use crate::domain::{
    filter::SessionText,
    statistics::{
        Criterion, Grouping,
        calendar::{CYCLE, CYCLE_START, Calendar, DAY, DAYS_ADDED, HOUR, Offsets},
        period::Unit,
    },
    time::zone::OffsetSegment,
};

/// The maximum number of periods that a statement names. The time in which SQLite prepares a statement grows with the square of
/// the number of its constants.
const MAX_PERIODS: usize = 1_000;

/// A part of the key of a group.
#[derive(Debug)]
pub(super) struct Part {
    /// The value of a session, by which sessions are grouped.
    pub(super) sql: String,
    /// The text of a session as it is spelled, if the value is a folded text.
    pub(super) spelled: Option<String>,
    /// Whether the value is a text.
    pub(super) is_text: bool,
}

/// The parts of the keys of groups. A custom field is joined as `field0`, `field1` and so on, by the index of
/// its criterion.
pub(super) fn parts(grouping: &Grouping, calendar: &Calendar, dialect: Dialect) -> Vec<Part> {
    let mut parts = Vec::with_capacity(grouping.parts());
    for (index, criterion) in grouping.criteria.iter().enumerate() {
        match criterion {
            Criterion::Technician => parts.push(number("session.technician_id")),
            Criterion::Text(text) => {
                parts.push(folded(folded_column(*text), text_column(*text)));
            }
            Criterion::Computer => {
                let name = text_column(SessionText::ComputerName);
                let domain = text_column(SessionText::ComputerDomain);
                let of_named = |column: String| {
                    format!("CASE WHEN {name}_folded IS NULL THEN NULL ELSE {column} END")
                };
                let of_domain = of_named(format!("{domain}_folded"));
                parts.push(folded(format!("{name}_folded"), name.clone()));
                parts.push(folded(of_domain, of_named(domain)));
            }
            Criterion::StartMethod => parts.push(Part {
                sql: "session.start_method".to_owned(),
                spelled: None,
                is_text: true,
            }),
            Criterion::Answered => {
                parts.push(flag("session.technician_id IS NOT NULL"));
            }
            Criterion::HasVideos => parts.push(flag("session.video_count > 0")),
            Criterion::Period(unit) => parts.push(number(&period(*unit, calendar, dialect))),
            Criterion::HourOfDay => parts.push(number(&hour_of_day(calendar, dialect))),
            Criterion::DayOfWeek => parts.push(number(&day_of_week(calendar, dialect))),
            Criterion::CustomField(_) => {
                parts.push(folded(
                    format!("field{index}.value_folded"),
                    format!("field{index}.spelled"),
                ));
            }
        }
    }
    parts
}

pub(super) fn hour_of_day(calendar: &Calendar, dialect: Dialect) -> String {
    let hours = local(calendar.clock(), DAYS_ADDED * DAY, HOUR, dialect);
    format!("({hours} % 24)")
}

pub(super) fn day_of_week(calendar: &Calendar, dialect: Dialect) -> String {
    let days = local(calendar.clock(), (DAYS_ADDED + 3) * DAY, DAY, dialect);
    format!("({days} % 7 + 1)")
}

fn number(sql: &str) -> Part {
    Part { sql: sql.to_owned(), spelled: None, is_text: false }
}

fn flag(condition: &str) -> Part {
    number(&format!("CASE WHEN {condition} THEN 1 ELSE 0 END"))
}

fn folded(sql: String, spelled: String) -> Part {
    Part { sql, spelled: Some(spelled), is_text: true }
}

/// The column of a text.
fn text_column(text: SessionText) -> String {
    let column = match text {
        SessionText::CustomerName => "customer_name",
        SessionText::CustomerEmail => "customer_email",
        SessionText::CustomerNumber => "customer_number",
        SessionText::ComputerName => "computer_name",
        SessionText::ComputerDomain => "computer_domain",
        SessionText::ComputerOs => "computer_os",
        SessionText::ProblemDescription => "problem_description",
        SessionText::Notes => "notes",
    };
    format!("session.{column}")
}

/// The column of a folded text.
pub(super) fn folded_column(text: SessionText) -> String {
    format!("{}_folded", text_column(text))
}

const STARTED_AT: &str = "session.started_at";

/// The number of local units of time since a moment this long before the Unix epoch.
fn local(offsets: Offsets<'_>, added: i64, unit: i64, dialect: Dialect) -> String {
    let offset = by_segment(offsets, |segment, _| (segment.offset + added).to_string());
    dialect.quotient(&format!("({STARTED_AT} + {offset})"), &unit.to_string())
}

/// SQL that finds the segment in which a session started. `leaf` makes the SQL of a segment; where segments repeat, it also gets what
/// is added to the times of the segment.
fn by_segment(offsets: Offsets<'_>, leaf: impl Fn(&OffsetSegment, &str) -> String) -> String {
    let by = |time: &str, segments: &[OffsetSegment], added: &str| {
        let starts: Vec<_> = segments.iter().skip(1).map(|segment| segment.start).collect();
        let leaves: Vec<_> = segments.iter().map(|segment| leaf(segment, added)).collect();
        tree(time, &starts, &leaves)
    };
    let before = by(STARTED_AT, offsets.segments, "");
    if offsets.cycle.is_empty() {
        return before;
    }
    let in_cycle = format!("(({STARTED_AT} - {CYCLE_START}) % {CYCLE} + {CYCLE_START})");
    let after = by(&in_cycle, offsets.cycle, &format!(" + ({STARTED_AT} - {in_cycle})"));
    format!("CASE WHEN {STARTED_AT} < {CYCLE_START} THEN {before} ELSE {after} END")
}

/// The key of the period in which a session started.
fn period(unit: Unit, calendar: &Calendar, dialect: Dialect) -> String {
    let Some(months) = unit.months() else {
        return match unit {
            Unit::Hour => hour(calendar.clock(), dialect),
            Unit::Week => local(calendar.days(), (DAYS_ADDED + 3) * DAY, 7 * DAY, dialect),
            _ => local(calendar.days(), DAYS_ADDED * DAY, DAY, dialect),
        };
    };
    let Some(periods) = calendar.month_periods(months, MAX_PERIODS) else {
        return dialect.quotient(&month(calendar, dialect), &months.to_string());
    };
    let starts: Vec<_> = periods.iter().skip(1).map(|(start, _)| *start).collect();
    let leaves: Vec<_> = periods.iter().map(|(_, key)| key.to_string()).collect();
    tree(STARTED_AT, &starts, &leaves)
}

/// The number of the month of the calendar, from January of the year 0. It takes longer than to compare with the starts of a
/// few months.
fn month(calendar: &Calendar, dialect: Dialect) -> String {
    let quotient = |dividend: String, divisor: &str| dialect.quotient(&dividend, divisor);
    // The days since March of the year 0. The year begins in March, so that the leap day is its last.
    let day = local(calendar.days(), 719_468 * DAY, DAY, dialect);
    let century = quotient(format!("(4 * {day} + 3)"), "146097");
    let of_century = quotient(format!("((4 * {day} + 3) % 146097)"), "4");
    let year = quotient(format!("(4 * {of_century} + 3)"), "1461");
    let of_year = quotient(format!("((4 * {of_century} + 3) % 1461)"), "4");
    let month = quotient(format!("(5 * {of_year} + 461)"), "153");
    format!("((100 * {century} + {year}) * 12 + {month} - 1)")
}

/// The beginning of the local hour: that of the hour by the clock, or that of the offset if the clock
/// changed within the hour.
fn hour(offsets: Offsets<'_>, dialect: Dialect) -> String {
    by_segment(offsets, |segment, added_to_start| {
        let added = DAYS_ADDED * DAY + segment.offset;
        let hours = dialect.quotient(&format!("({STARTED_AT} + {added})"), &HOUR.to_string());
        let begin = format!("({hours} * {HOUR} - {added})");
        let is_whole = segment.start == i64::MIN || (segment.start + segment.offset) % HOUR == 0;
        match is_whole {
            true => begin,
            false => dialect.larger(&begin, &format!("{}{added_to_start}", segment.start)),
        }
    })
}
