//! What the databases spell differently in statistics.

use sea_orm::{DbBackend, sea_query::Expr};

/// The SQL of one kind of database.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect(pub(super) DbBackend);

impl Dialect {
    /// A whole quotient, rounded towards zero.
    pub(super) fn quotient(self, dividend: &str, divisor: &str) -> String {
        let operator = if self.0 == DbBackend::MySql { "DIV" } else { "/" };
        format!("({dividend} {operator} {divisor})")
    }

    /// A sum, 0 of no rows. On servers, a sum has another type than its values.
    pub(super) fn sum(self, value: &str) -> String {
        let sum = format!("COALESCE(SUM({value}), 0)");
        self.number(&sum)
    }

    /// A number of 64 bits.
    pub(super) fn number(self, value: &str) -> String {
        match self.0 {
            DbBackend::Postgres => format!("CAST({value} AS bigint)"),
            DbBackend::MySql => format!("CAST({value} AS SIGNED)"),
            _ => value.to_owned(),
        }
    }

    /// A value of 64 bits, whose type the database would not know.
    pub(super) fn value(self, value: i64) -> Expr {
        let placeholder = if self.0 == DbBackend::Postgres { "$1" } else { "?" };
        Expr::cust_with_exprs(self.number(placeholder), [Expr::value(value)])
    }

    /// A number by which rows are grouped, but for whose order no index is read: SQLite and PostgreSQL would read
    /// the rows of all sessions in the order of an index that does not have what the measures use.
    pub(super) fn unordered(self, column: &str) -> String {
        format!("({column} + 0)")
    }

    /// Whether busy time is computed from the starts and ends of sessions, in order. A running maximum is shorter, but
    /// takes MariaDB a time that grows with the square of the number of sessions.
    pub(super) fn sweeps(self) -> bool {
        self.0 == DbBackend::MySql
    }

    /// Whether a percentile is an item of the sorted array of a group, which takes less time than a window.
    pub(super) fn has_arrays(self) -> bool {
        self.0 == DbBackend::Postgres
    }

    /// The larger one of two numbers.
    pub(super) fn larger(self, one: &str, other: &str) -> String {
        let function = if self.0 == DbBackend::Sqlite { "MAX" } else { "GREATEST" };
        format!("{function}({one}, {other})")
    }

    /// The first text by code point.
    pub(super) fn first_text(self, text: &str) -> String {
        match self.0 {
            DbBackend::Postgres => format!("MIN({text} COLLATE \"C\")"),
            _ => format!("MIN({text})"),
        }
    }

    /// One text for two, different for different ones.
    pub(super) fn pair(self, first: &str, second: &str) -> String {
        match self.0 {
            DbBackend::MySql => format!("CONCAT(CHAR_LENGTH({first}), ':', {first}, {second})"),
            _ => format!("(LENGTH({first}) || ':' || {first} || {second})"),
        }
    }

    /// A comparison of a column with a value, as the order of the list compares. Nulls are last in all
    /// databases, so that is said in the order.
    pub(super) fn nulls_last(column: &str) -> String {
        format!("CASE WHEN {column} IS NULL THEN 1 ELSE 0 END")
    }
}

/// A search tree: the leaf of the range that a time is in. `starts` are the beginnings of all ranges but
/// the first.
pub(super) fn tree(time: &str, starts: &[i64], leaves: &[String]) -> String {
    match leaves {
        [] => "NULL".to_owned(),
        [leaf] => leaf.clone(),
        _ => {
            let middle = leaves.len() / 2;
            let (left, right) = leaves.split_at(middle);
            let (before, after) = starts.split_at(middle.min(starts.len()) - 1);
            let start = after.first().copied().unwrap_or_default();
            format!(
                "CASE WHEN {time} < {start} THEN {} ELSE {} END",
                tree(time, before, left),
                tree(time, after.get(1..).unwrap_or_default(), right)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::tree;

    #[test]
    fn a_tree_compares_with_the_beginnings_of_the_ranges() {
        let leaves = |count: usize| (0..count).map(|it| it.to_string()).collect::<Vec<_>>();
        assert_eq!(tree("t", &[], &leaves(1)), "0");
        assert_eq!(tree("t", &[10], &leaves(2)), "CASE WHEN t < 10 THEN 0 ELSE 1 END");
        assert_eq!(
            tree("t", &[10, 20, 30], &leaves(4)),
            "CASE WHEN t < 20 THEN CASE WHEN t < 10 THEN 0 ELSE 1 END \
             ELSE CASE WHEN t < 30 THEN 2 ELSE 3 END END"
        );
    }
}
