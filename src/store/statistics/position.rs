//! The groups after a position, as a condition.

use sea_orm::sea_query::{Cond, Expr, ExprTrait};

use crate::domain::page::KeyValue;

/// The groups after a position, in an order in which null is the largest value.
pub(super) fn after_position(order: &[(String, bool)], position: &[Option<KeyValue>]) -> Cond {
    let (Some(((column, downwards), order)), Some((value, position))) =
        (order.split_first(), position.split_first())
    else {
        return Cond::all().add(Expr::cust("1 = 0"));
    };
    let column = || Expr::cust(column.clone());
    let (after, same) = match value {
        None | Some(KeyValue::Absent) if *downwards => {
            (Some(column().is_not_null()), column().is_null())
        }
        None | Some(KeyValue::Absent) => (None, column().is_null()),
        Some(KeyValue::Number(number)) => after_value(column, (*number).into(), *downwards),
        Some(KeyValue::Text(text)) => after_value(column, text.clone().into(), *downwards),
    };
    let rest = Cond::all().add(same).add(after_position(order, position));
    after.into_iter().fold(Cond::any().add(rest), Cond::add)
}

/// The conditions that a column is after a value, and that it is the value.
fn after_value(
    column: impl Fn() -> Expr,
    value: sea_orm::Value,
    downwards: bool,
) -> (Option<Expr>, Expr) {
    let same = column().eq(value.clone());
    let after = match downwards {
        true => column().lt(value),
        false => column().gt(value).or(column().is_null()),
    };
    (Some(after), same)
}
