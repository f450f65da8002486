//! Busy time from the starts and ends of sessions, in order: the time between two of them counts while a session is
//! in progress.

use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement, UnionType};

/// The number of sessions, of rows that are starts and ends.
pub(super) const COUNT: &str = "COUNT(z)";

/// The part of a row that is busy time.
pub(super) const BUSY_MICROS: &str = "CASE WHEN r > 0 THEN l - a ELSE 0 END";

/// The windows over the starts and ends of a group: how many sessions are in progress, and the time of the next row.
pub(super) fn windows(partition: &str) -> Vec<(&'static str, String)> {
    let over = format!("OVER ({partition}ORDER BY a)");
    vec![("r", format!("SUM(w) {over}")), ("l", format!("LEAD(a) {over}"))]
}

/// Two rows for each session: `a` is its start or its end, and `w` is what that adds to the number of sessions in
/// progress. An open session adds nothing. The first row has the session's `columns`, and both have the `keys`.
pub(super) fn starts_and_ends(
    sessions: SelectStatement,
    keys: &[String],
    columns: &[&str],
) -> SelectStatement {
    let side = |side: i32| Query::select().expr_as(Expr::val(side), Alias::new("side")).take();
    let sides = side(1).union(UnionType::All, side(2)).take();
    let mut rows = Query::select()
        .from_subquery(sessions, Alias::new("q"))
        .from_subquery(sides, Alias::new("sides"))
        .take();
    let keys = keys.iter().map(|key| (key.as_str(), key.clone()));
    let columns = columns.iter().map(|name| (*name, format!("CASE WHEN side = 1 THEN {name} END")));
    let own = [
        ("z", "CASE WHEN side = 1 THEN 1 END"),
        ("a", "CASE WHEN side = 1 OR e IS NULL THEN s ELSE e END"),
        ("w", "CASE WHEN e IS NULL THEN 0 WHEN side = 1 THEN 1 ELSE -1 END"),
    ];
    let own = own.map(|(name, sql)| (name, sql.to_owned()));
    for (name, sql) in keys.chain(columns).chain(own) {
        rows.expr_as(Expr::cust(sql), Alias::new(name));
    }
    rows
}
