//! Keyset paging: a page starts after a position, and costs the same at any depth of the list.
//!
//! The steps: [`Key::between`] selects the rows between the cursors, and [`Key::order`] sorts them,
//! from the first or from the last row, with a unique column as tie-break. One row more than the page
//! size is read: if it exists, the list has another page.
//!
//! Where the first column may have no value, the list has two sections: the rows with a value, and then those
//! without. A page is the first rows of a union of both, each read from a range of the index. The databases
//! differ in where they sort nulls, and none has an index that has them last in both directions.

use sea_orm::{
    DbBackend, Order, Value,
    sea_query::{Asterisk, Cond, Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use super::{filter::hidden, order::Order as ListOrder};
use crate::domain::page::{End, KeyValue, PageRequest, Position};

/// The columns that order a list, the last of them unique, all in one direction.
pub(super) struct Key {
    /// The columns.
    columns: Vec<Expr>,
    /// Whether the first column may be null.
    absent_last: bool,
    /// Whether small values come first.
    ascending: bool,
    /// The SQL dialect.
    backend: DbBackend,
    /// Whether another index has the rows together.
    has_index: bool,
    /// Whether the rows are all rows of a table.
    is_whole: bool,
}

/// Rows of a list whose first column may be null.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Present,
    Absent,
}

impl Key {
    /// The key of an order.
    pub(super) fn of(order: &ListOrder, backend: DbBackend) -> Self {
        let columns = order.key.iter().map(|column| column.expr()).collect();
        let ListOrder { absent_last, ascending, .. } = *order;
        Self { columns, absent_last, ascending, backend, has_index: false, is_whole: false }
    }

    /// The same key, for rows that another index has together. SQLite would read all rows without a value.
    pub(super) fn of_rows_with_index(self) -> Self {
        Self { has_index: true, ..self }
    }

    /// The same key, for all rows of a table. PostgreSQL does not see where a page starts, so that it plans the statement
    /// once: the same index is best for all pages.
    pub(super) fn of_all_rows(self) -> Self {
        Self { is_whole: true, ..self }
    }

    /// The number of rows that are read for a page.
    pub(super) fn rows_of(page: &PageRequest) -> u64 {
        u64::from(page.size) + 1
    }

    /// The rows of the page, and one row more, of the rows of a select that match a filter.
    ///
    /// The filter stands after the cursors: of two bounds of a column SQLite reads from the first, and that of a
    /// filter may be far away from the page.
    pub(super) fn page(
        &self,
        mut select: SelectStatement,
        filter: Option<Cond>,
        page: &PageRequest,
    ) -> SelectStatement {
        let limit = Self::rows_of(page);
        if !self.absent_last {
            self.between(&mut select, page);
            filter.into_iter().for_each(|filter| _ = select.cond_where(filter));
            self.order(&mut select, page.end);
            return select.limit(limit).take();
        }
        let mut sections = self.sections(page).into_iter().map(|section| {
            let mut rows = select.clone();
            self.section(&mut rows, section, filter.clone(), page);
            rows.limit(limit).take()
        });
        match (sections.next(), sections.next()) {
            (Some(first), Some(second)) => {
                let [mut first, second] = [first, second].map(|rows| {
                    Query::select().column(Asterisk).from_subquery(rows, "section").take()
                });
                first.union(UnionType::All, second).limit(limit).take()
            }
            (Some(only), _) => only,
            (None, _) => select.and_where(Expr::cust("1 = 0")).limit(limit).take(),
        }
    }

    /// The sections that can have rows between the cursors, in the direction in which the page is read.
    fn sections(&self, page: &PageRequest) -> Vec<Section> {
        let starts_with = |position: &Option<Position>, absent: bool| {
            let first = position.as_ref().and_then(|position| position.0.first());
            first.is_some_and(|value| (*value == KeyValue::Absent) == absent)
        };
        let mut sections = Vec::new();
        if !starts_with(&page.after, true) {
            sections.push(Section::Present);
        }
        if !starts_with(&page.before, false) {
            sections.push(Section::Absent);
        }
        if page.end == End::Last {
            sections.reverse();
        }
        sections
    }

    /// Selects and sorts the rows of a section between the cursors that match a filter.
    fn section(
        &self,
        select: &mut SelectStatement,
        section: Section,
        filter: Option<Cond>,
        page: &PageRequest,
    ) {
        let Some((first, rest)) = self.columns.split_first() else { return };
        let tested = match self.has_index && self.backend == DbBackend::Sqlite {
            // No index is read for a condition on an expression.
            true => Expr::cust_with_exprs("+?", [first.clone()]),
            false => first.clone(),
        };
        let columns = match section {
            Section::Present => &*self.columns,
            Section::Absent => {
                select.and_where(tested.clone().is_null());
                rest
            }
        };
        for (position, upwards) in [(&page.after, self.ascending), (&page.before, !self.ascending)]
        {
            let values = position.as_ref().map(|position| position.0.as_slice());
            let values = match (section, values) {
                (Section::Present, Some(values @ [KeyValue::Number(_), ..])) => values,
                (Section::Absent, Some([KeyValue::Absent, values @ ..])) => values,
                // The cursor is in the other section.
                _ => continue,
            };
            select.cond_where(self.after_position(columns, sql_values(values), upwards));
        }
        filter.into_iter().for_each(|filter| _ = select.cond_where(filter));
        if section == Section::Present {
            // The lowest number, for a range of the index without nulls.
            select.and_where(tested.gte(i64::MIN));
        }
        self.sort(select, columns, page.end);
    }

    /// Selects the rows between the cursors.
    pub(super) fn between(&self, select: &mut SelectStatement, page: &PageRequest) {
        for (position, upwards) in [(&page.after, self.ascending), (&page.before, !self.ascending)]
        {
            if let Some(Position(values)) = position {
                let values = sql_values(values);
                select.cond_where(self.after_position(&self.columns, values, upwards));
            }
        }
    }

    /// Sorts from the first or from the last row.
    pub(super) fn order(&self, select: &mut SelectStatement, end: End) {
        self.sort(select, &self.columns, end);
    }

    fn sort(&self, select: &mut SelectStatement, columns: &[Expr], end: End) {
        for column in columns {
            select.order_by_expr(column.clone(), self.direction(end));
        }
    }

    /// The rows after a position, or before it if not `upwards`. MySQL does not read a range of an index
    /// for a comparison of rows.
    fn after_position(&self, columns: &[Expr], values: Vec<Value>, upwards: bool) -> Cond {
        if columns.len() == 1 || self.backend == DbBackend::MySql {
            return after_position(columns, values, upwards);
        }
        let row = Expr::tuple(columns.iter().cloned());
        let is_hidden = self.is_whole && self.backend == DbBackend::Postgres;
        let position = values.into_iter().enumerate().map(|(nth, value)| match nth {
            0 if is_hidden => hidden(value),
            _ => Expr::value(value),
        });
        let position = Expr::tuple(position);
        Cond::all().add(if upwards { row.gt(position) } else { row.lt(position) })
    }

    /// The direction in which the page is read.
    pub(super) fn direction(&self, end: End) -> Order {
        if self.ascending == (end == End::First) { Order::Asc } else { Order::Desc }
    }
}

/// The values of a position as values of a statement.
fn sql_values(position: &[KeyValue]) -> Vec<Value> {
    position.iter().map(sql_value).collect()
}

/// A value of a position as a value of a statement.
pub(super) fn sql_value(value: &KeyValue) -> Value {
    match value {
        KeyValue::Number(number) => (*number).into(),
        KeyValue::Text(text) => text.clone().into(),
        KeyValue::Absent => Value::BigInt(None),
    }
}

/// The rows after a position: the first column is greater, or it is equal and the other columns are
/// after the position.
///
/// The first column is also compared alone, since an index range needs such a condition.
fn after_position(columns: &[Expr], values: Vec<Value>, upwards: bool) -> Cond {
    let after = |column: &Expr, value: Value| {
        if upwards { column.clone().gt(value) } else { column.clone().lt(value) }
    };
    let not_before = |column: &Expr, value: Value| {
        if upwards { column.clone().gte(value) } else { column.clone().lte(value) }
    };
    match (columns, values.as_slice()) {
        ([column], [value]) => Cond::all().add(after(column, value.clone())),
        ([first, rest @ ..], [value, others @ ..]) => Cond::all()
            .add(not_before(first, value.clone()))
            .add(Cond::any().add(after(first, value.clone())).add(after_position(
                rest,
                others.to_vec(),
                upwards,
            ))),
        _ => Cond::all(),
    }
}
