//! The one place where filters become SQL.
//!
//! SQL has three truth values and the filters have two: a negation is pushed down to the single
//! conditions, where an absent value is spelled out.

use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, IntoSimpleExpr, QueryFilter, QuerySelect, QueryTrait,
    Value,
    sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement, SubQueryStatement},
};

use crate::domain::{
    filter::{Comparison, Filter, TextTest, index::SessionIndex},
    viewer::AccountId,
};

mod child;
pub(super) mod search;
mod session;
mod technician;

/// The account whose rows are selected, and the SQL dialect.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub(super) account: AccountId,
    pub(super) backend: DbBackend,
    /// Whether PostgreSQL uses the same plan whatever the start times of the filter are.
    generic_plan: bool,
    /// The index that has the order of the list.
    order: Option<SessionIndex>,
    /// Whether the select has the first row of the words of each session, as `found`.
    words_at_hand: bool,
}

impl Target {
    /// The rows of an account.
    pub(super) fn new(account: AccountId, backend: DbBackend) -> Self {
        Self { account, backend, generic_plan: false, order: None, words_at_hand: false }
    }

    /// The rows of a list in the order of an index of sessions.
    pub(super) fn in_order_of(self, index: SessionIndex) -> Self {
        Self { order: Some(index), ..self }
    }

    /// The rows of a select that has the first row of the words of each session, as `found`.
    pub(super) fn with_words_at_hand(self) -> Self {
        Self { words_at_hand: true, ..self }
    }
}

/// A condition on a row of a table, as SQL.
pub trait Condition {
    /// The condition, or its opposite.
    fn sql(&self, target: Target, negated: bool) -> Cond;
}

/// The condition that a row matches a filter.
pub(super) fn matching<C: Condition>(filter: &Filter<C>, target: Target) -> Cond {
    compile(filter, target, false)
}

fn compile<C: Condition>(filter: &Filter<C>, target: Target, negated: bool) -> Cond {
    let joined = |parts: &[Filter<C>], all: bool| {
        if parts.is_empty() {
            return Cond::all().add(constant(all));
        }
        let start = if all { Cond::all() } else { Cond::any() };
        parts.iter().fold(start, |joined, part| joined.add(compile(part, target, negated)))
    };
    match filter {
        Filter::Is(condition) => condition.sql(target, negated),
        Filter::All(parts) => joined(parts, !negated),
        Filter::Any(parts) => joined(parts, negated),
        Filter::Not(part) => compile(part, target, !negated),
    }
}

/// The condition that a column is one of these numbers. The text of the statement does not depend on
/// their number, so that the statement stays prepared.
pub(super) fn in_list(backend: DbBackend, column: impl ColumnTrait, numbers: &[i64]) -> Expr {
    let column = column.into_simple_expr();
    let joined = || numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    match (backend, numbers) {
        (_, []) => constant(false),
        (_, [number]) => column.eq(*number),
        (DbBackend::Postgres, _) => {
            let array = Expr::value(format!("{{{}}}", joined()));
            Expr::cust_with_exprs("$1 = ANY(CAST($2 AS bigint[]))", [column, array])
        }
        (DbBackend::Sqlite, _) => {
            let array = Expr::value(format!("[{}]", joined()));
            let each = "? IN (SELECT value FROM json_each(?))";
            Expr::cust_with_exprs(each, [column, array])
        }
        (_, [.., last]) => {
            // The last number is repeated up to a power of two: so there are few different texts.
            let filler = std::iter::repeat(*last);
            let padded = numbers.iter().copied().chain(filler);
            column.is_in(padded.take(numbers.len().next_power_of_two()))
        }
    }
}

/// A condition that is always true or always false, in the SQL of every database.
fn constant(holds: bool) -> Expr {
    Expr::cust(if holds { "1 = 1" } else { "1 = 0" })
}

/// A value that PostgreSQL does not see when it plans a statement, so that one plan is as good as a plan for each value.
pub(super) fn hidden(value: impl Into<Value>) -> Expr {
    let select = Query::select().expr(Expr::value(value)).take();
    Expr::SubQuery(None, Box::new(SubQueryStatement::from(select)))
}

/// Selects a column of the account's rows that match a filter.
fn select_matching<E: EntityTrait, C: Condition>(
    column: E::Column,
    account_id: E::Column,
    filter: &Filter<C>,
    target: Target,
) -> SelectStatement {
    E::find()
        .select_only()
        .column(column)
        .filter(account_id.eq(target.account.0))
        .filter(matching(filter, target))
        .into_query()
}

/// A test of a column that is never null.
fn not_null_test(test: Expr, negated: bool) -> Cond {
    if negated { Cond::all().add(test.not()) } else { Cond::all().add(test) }
}

/// A test of a column that may be null. A null does not match, so it matches the negated test.
fn nullable(column: impl ColumnTrait, test: Expr, negated: bool) -> Cond {
    if negated { Cond::any().add(test.not()).add(column.is_null()) } else { Cond::all().add(test) }
}

fn text(folded: impl ColumnTrait, test: &TextTest, target: Target, negated: bool) -> Cond {
    let column = || folded.into_simple_expr();
    let test = match test {
        TextTest::IsNull => return not_null_test(column().is_null(), negated),
        TextTest::OneOf(values) => match values.as_slice() {
            [] => constant(false),
            [value] => column().eq(value.clone()),
            values => column().is_in(values.iter().cloned()),
        },
        TextTest::Contains(part) | TextTest::EndsWith(part) | TextTest::StartsWith(part)
            if part.is_empty() =>
        {
            column().is_not_null()
        }
        TextTest::Contains(part) => contains(target.backend, column(), part),
        TextTest::EndsWith(part) => ends_with(target.backend, column(), part),
        // Every database reads a range from an index.
        TextTest::StartsWith(part) => match successor(part) {
            Some(end) => column().gte(part.clone()).and(column().lt(end)),
            None => column().gte(part.clone()),
        },
    };
    nullable(folded, test, negated)
}

/// `LIKE` would compare the pattern one character at a time at each position, which takes up to 100
/// times as long for a pattern of equal characters.
fn contains(backend: DbBackend, column: Expr, part: &str) -> Expr {
    let position = match backend {
        DbBackend::Sqlite => "instr(?, ?) > 0",
        DbBackend::Postgres => "strpos($1, $2) > 0",
        _ => "INSTR(?, ?) > 0",
    };
    Expr::cust_with_exprs(position, [column, Expr::value(part)])
}

fn ends_with(backend: DbBackend, column: Expr, part: &str) -> Expr {
    let end = match backend {
        DbBackend::Sqlite => "substr(?, -length(?)) = ?",
        DbBackend::Postgres => "right($1, length($2)) = $3",
        _ => "RIGHT(?, CHAR_LENGTH(?)) = ?",
    };
    Expr::cust_with_exprs(end, [column, Expr::value(part), Expr::value(part)])
}

/// The first text, by code point, after all texts that start with this one.
fn successor(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

fn compare(column: impl ColumnTrait, comparison: Comparison, value: impl Into<Expr>) -> Expr {
    let (column, value) = (column.into_simple_expr(), value.into());
    match comparison {
        Comparison::Eq => column.eq(value),
        Comparison::Gt => column.gt(value),
        Comparison::Gte => column.gte(value),
        Comparison::Lt => column.lt(value),
        Comparison::Lte => column.lte(value),
    }
}

fn words(column: impl ColumnTrait, words: impl Iterator<Item = &'static str>) -> Expr {
    let words: Vec<_> = words.collect();
    if words.is_empty() { constant(false) } else { column.is_in(words) }
}

#[cfg(test)]
mod tests {
    use super::successor;

    #[test]
    fn the_successor_of_a_prefix_ends_its_range() {
        assert_eq!(successor("abc").as_deref(), Some("abd"));
        assert_eq!(successor("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(successor("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(successor("\u{10FFFF}"), None);
    }
}
