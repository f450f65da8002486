//! Measures of a group, as SQL over the sessions of the group.
//!
//! The sessions have these columns: `s` the start, `e` the end, `d` the duration and `f` the first
//! response in seconds, `t` the technician, `v` and `c` the numbers of recordings and chat messages, and `p` the computer.

use super::{dialect::Dialect, sweep};
use crate::domain::statistics::measure::{Aggregate, Measure, Seconds};

/// The columns of the sessions that these measures use: name and SQL.
pub(super) fn session_columns(
    measures: &[Measure],
    dialect: Dialect,
) -> Vec<(&'static str, String)> {
    let pair = || {
        dialect.pair("session.computer_name_folded", "COALESCE(session.computer_domain_folded, '')")
    };
    let mut used: Vec<_> = measures.iter().flat_map(|it| columns_of(*it)).copied().collect();
    used.sort_unstable();
    used.dedup();
    let sql = |name| match name {
        "s" => "session.started_at".to_owned(),
        "e" => "session.ended_at".to_owned(),
        "t" => "session.technician_id".to_owned(),
        "v" => "session.video_count".to_owned(),
        "c" => "session.chat_count".to_owned(),
        "d" => "session.duration_seconds".to_owned(),
        "f" => "session.first_response_seconds".to_owned(),
        _ => pair(),
    };
    used.into_iter().map(|name| (name, sql(name))).collect()
}

fn columns_of(measure: Measure) -> &'static [&'static str] {
    match measure {
        Measure::Count => &[],
        Measure::Answered | Measure::Missed | Measure::DistinctTechnicians => &["t"],
        Measure::Open | Measure::LastEnd => &["e"],
        Measure::WithVideos => &["v"],
        Measure::ChatMessages => &["c"],
        Measure::Seconds(Seconds::Duration, _) | Measure::BilledMinutes { .. } => &["d"],
        Measure::Seconds(Seconds::FirstResponse, _) => &["f"],
        Measure::BusyMicros => &["e", "s"],
        Measure::DistinctComputers => &["p"],
        Measure::FirstStart | Measure::LastStart => &["s"],
    }
}

/// The columns that a window over the sessions of a group adds, for these measures: name and SQL. `keys`
/// are the columns of the key.
pub(super) fn window_columns(
    measures: &[Measure],
    keys: &[String],
    dialect: Dialect,
) -> Vec<(&'static str, String)> {
    let partition = match keys {
        [] => String::new(),
        keys => format!("PARTITION BY {} ", keys.join(", ")),
    };
    let mut columns = Vec::new();
    for (of, seconds, rank, count) in
        [(Seconds::Duration, "d", "dr", "dn"), (Seconds::FirstResponse, "f", "fr", "fn")]
    {
        let is_ranked = |it: &Measure| matches!(it, Measure::Seconds(it, Aggregate::Percentile(_)) if *it == of);
        if !dialect.has_arrays() && measures.iter().any(is_ranked) {
            let by = format!("{}, {seconds}", Dialect::nulls_last(seconds));
            columns.push((rank, format!("ROW_NUMBER() OVER ({partition}ORDER BY {by})")));
            columns.push((count, format!("COUNT({seconds}) OVER ({partition})")));
        }
    }
    if measures.contains(&Measure::BusyMicros) {
        columns.extend(match dialect.sweeps() {
            true => sweep::windows(&partition),
            false => vec![("b", busy_micros(&partition, dialect))],
        });
    }
    columns
}

/// The time that each session adds: what is after the last end of all sessions that started before it.
fn busy_micros(partition: &str, dialect: Dialect) -> String {
    let ended = format!(
        "MAX(e) OVER ({partition}ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    );
    let from = dialect.larger("s", &format!("COALESCE({ended}, s)"));
    let added = dialect.larger(&format!("e - {from}"), "0");
    format!("CASE WHEN e IS NULL THEN 0 ELSE {added} END")
}

/// The SQL of a measure. `count` is that of the number of sessions.
pub(super) fn measure(measure: Measure, count: &str, dialect: Dialect) -> String {
    match measure {
        Measure::Count => count.to_owned(),
        Measure::Answered => "COUNT(t)".to_owned(),
        Measure::Missed => format!("({count} - COUNT(t))"),
        Measure::Open => format!("({count} - COUNT(e))"),
        Measure::WithVideos => "COUNT(CASE WHEN v > 0 THEN 1 END)".to_owned(),
        Measure::ChatMessages => dialect.sum("c"),
        Measure::Seconds(of, aggregate) => of_seconds(column_of(of), aggregate, dialect),
        Measure::BilledMinutes { step, minimum } => {
            let seconds = i64::from(step) * 60;
            let steps = dialect.quotient(&format!("(d + {})", seconds - 1), &seconds.to_string());
            let minutes = dialect.larger(&format!("{steps} * {step}"), &minimum.to_string());
            dialect.sum(&format!("CASE WHEN d IS NULL THEN 0 ELSE {minutes} END"))
        }
        Measure::BusyMicros if dialect.sweeps() => dialect.sum(sweep::BUSY_MICROS),
        Measure::BusyMicros => dialect.sum("b"),
        Measure::DistinctTechnicians => "COUNT(DISTINCT t)".to_owned(),
        Measure::DistinctComputers => "COUNT(DISTINCT p)".to_owned(),
        Measure::FirstStart => "MIN(s)".to_owned(),
        Measure::LastStart => "MAX(s)".to_owned(),
        Measure::LastEnd => "MAX(e)".to_owned(),
    }
}

/// The column of a number of seconds.
fn column_of(seconds: Seconds) -> &'static str {
    match seconds {
        Seconds::Duration => "d",
        Seconds::FirstResponse => "f",
    }
}

fn of_seconds(seconds: &str, aggregate: Aggregate, dialect: Dialect) -> String {
    match aggregate {
        Aggregate::Count => format!("COUNT({seconds})"),
        Aggregate::Sum => dialect.sum(seconds),
        Aggregate::Min => format!("MIN({seconds})"),
        Aggregate::Max => format!("MAX({seconds})"),
        Aggregate::Percentile(percent) => {
            let (part, whole) = (percent.numerator, percent.denominator);
            let rank_of = |count: &str| {
                dialect.quotient(&format!("({count} * {part} + {})", whole - 1), &whole.to_string())
            };
            if dialect.has_arrays() {
                // `percentile_disc` counts in doubles, whose product may be the next rank.
                let rank = rank_of(&format!("COUNT({seconds})"));
                return format!("(ARRAY_AGG({seconds} ORDER BY {seconds}))[CAST({rank} AS int)]");
            }
            let rank = rank_of(&format!("{seconds}n"));
            format!("MAX(CASE WHEN {seconds}r = {rank} THEN {seconds} END)")
        }
    }
}
