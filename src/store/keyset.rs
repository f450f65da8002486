//! Paging by key: a page begins where a row ended, whatever its depth.
//!
//! The steps: [`Key::between`] keeps what lies past the cursors, [`Key::order`] sorts from the asked
//! end with the key as tie-break, one row more than asked is read, and that row tells whether the
//! list goes on.

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
    /// Whose SQL it becomes.
    backend: DbBackend,
}

impl Key {
    /// The key of an order.
    pub(super) fn of(order: &ListOrder, backend: DbBackend) -> Self {
        let columns = order.key.iter().map(|column| column.expr()).collect();
        Self { columns, ascending: order.ascending, backend }
    }

    /// Restricts and orders a select to read the page, and one row more.
    pub(super) fn page(&self, select: &mut SelectStatement, page: &PageRequest) {
        self.between(select, page);
        self.order(select, page.end);
        select.limit(u64::from(page.size) + 1);
    }

    /// Keeps the rows between the cursors.
    pub(super) fn between(&self, select: &mut SelectStatement, page: &PageRequest) {
        if let Some(after) = &page.after {
            select.cond_where(self.beyond(values(after), self.ascending));
        }
        if let Some(before) = &page.before {
            select.cond_where(self.beyond(values(before), !self.ascending));
        }
    }

    /// Sorts from the asked end.
    pub(super) fn order(&self, select: &mut SelectStatement, end: End) {
        for column in &self.columns {
            select.order_by_expr(column.clone(), self.direction(end));
        }
    }

    /// What lies past a position. MySQL does not range over an index by a comparison of rows.
    fn beyond(&self, values: Vec<Value>, upwards: bool) -> Cond {
        if self.columns.len() == 1 || self.backend == DbBackend::MySql {
            return beyond(&self.columns, values, upwards);
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

/// What lies past a position: past its first column, or level with it and past the rest.
///
/// The first column is bounded on its own too, since an index range needs a plain condition.
fn beyond(columns: &[Expr], values: Vec<Value>, upwards: bool) -> Cond {
    let past = |column: &Expr, value: Value| {
        if upwards { column.clone().gt(value) } else { column.clone().lt(value) }
    };
    let level = |column: &Expr, value: Value| {
        if upwards { column.clone().gte(value) } else { column.clone().lte(value) }
    };
    match (columns, values.as_slice()) {
        ([only], [value]) => Cond::all().add(past(only, value.clone())),
        ([first, rest @ ..], [value, others @ ..]) => Cond::all()
            .add(level(first, value.clone()))
            .add(Cond::any().add(past(first, value.clone())).add(beyond(
                rest,
                others.to_vec(),
                upwards,
            ))),
        _ => Cond::all(),
    }
}
