//! Keyset paging: a page starts after a position, and costs the same at any depth of the list.
//!
//! The steps: [`Key::between`] selects the rows between the cursors, and [`Key::order`] sorts them,
//! from the first or from the last row, with a unique column as tie-break. One row more than the page
//! size is read: if it exists, the list has another page.

use sea_orm::{
    DbBackend, Order, Value,
    sea_query::{Cond, Expr, ExprTrait, SelectStatement},
};

use super::order::Order as ListOrder;
use crate::domain::page::{End, KeyValue, PageRequest, Position};

/// The columns that order a list, the last of them unique, all in one direction.
pub(super) struct Key {
    /// The columns.
    columns: Vec<Expr>,
    /// Whether small values come first.
    ascending: bool,
    /// The SQL dialect.
    backend: DbBackend,
}

impl Key {
    /// The key of an order.
    pub(super) fn of(order: &ListOrder, backend: DbBackend) -> Self {
        let columns = order.key.iter().map(|column| column.expr()).collect();
        Self { columns, ascending: order.ascending, backend }
    }

    /// Restricts and orders a select to the rows of the page, and one row more.
    pub(super) fn page(&self, select: &mut SelectStatement, page: &PageRequest) {
        self.between(select, page);
        self.order(select, page.end);
        select.limit(u64::from(page.size) + 1);
    }

    /// Selects the rows between the cursors.
    pub(super) fn between(&self, select: &mut SelectStatement, page: &PageRequest) {
        if let Some(after) = &page.after {
            select.cond_where(self.after_position(values(after), self.ascending));
        }
        if let Some(before) = &page.before {
            select.cond_where(self.after_position(values(before), !self.ascending));
        }
    }

    /// Sorts from the first or from the last row.
    pub(super) fn order(&self, select: &mut SelectStatement, end: End) {
        for column in &self.columns {
            select.order_by_expr(column.clone(), self.direction(end));
        }
    }

    /// The rows after a position, or before it if not `upwards`. MySQL does not read a range of an index
    /// for a comparison of rows.
    fn after_position(&self, values: Vec<Value>, upwards: bool) -> Cond {
        if self.columns.len() == 1 || self.backend == DbBackend::MySql {
            return after_position(&self.columns, values, upwards);
        }
        let row = Expr::tuple(self.columns.iter().cloned());
        let position = Expr::tuple(values.into_iter().map(Expr::value));
        Cond::all().add(if upwards { row.gt(position) } else { row.lt(position) })
    }

    /// The direction in which the page is read.
    pub(super) fn direction(&self, end: End) -> Order {
        if self.ascending == (end == End::First) { Order::Asc } else { Order::Desc }
    }
}

/// A position as values of a statement.
fn values(position: &Position) -> Vec<Value> {
    let value = |value: &KeyValue| match value {
        KeyValue::Number(number) => (*number).into(),
        KeyValue::Text(text) => text.clone().into(),
    };
    position.0.iter().map(value).collect()
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
