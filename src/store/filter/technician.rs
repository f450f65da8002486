//! What may be asked of a technician.

use entity::{session, technician};
use sea_orm::{
    IntoSimpleExpr,
    sea_query::{Cond, Expr, ExprTrait, SubQueryStatement},
};

use super::{Condition, Target, select_matching, text};
use crate::domain::filter::{Filter, TechnicianCondition, TextTest};

impl Condition for TechnicianCondition {
    fn sql(&self, target: Target, negated: bool) -> Cond {
        match self {
            Self::Username(test) => text(technician::Column::UsernameFolded, test, target, negated),
            Self::Name(test) => text(technician::Column::NameFolded, test, target, negated),
        }
    }
}

/// A condition on the technician of a session. A single user name is looked up first, and the index of
/// the technician's sessions is used; a join, or a list of one, would read far more rows. An unknown
/// name gives null, whose negation matches no session, so a negated condition uses a list.
pub(super) fn technician(
    filter: &Filter<TechnicianCondition>,
    target: Target,
    negated: bool,
) -> Expr {
    use technician::{Column, Entity};
    let ids = select_matching::<Entity, _>(Column::Id, Column::AccountId, filter, target);
    let column = session::Column::TechnicianId.into_simple_expr();
    if names_one(filter) && !negated {
        column.eq(Expr::SubQuery(None, Box::new(SubQueryStatement::from(ids))))
    } else {
        column.in_subquery(ids)
    }
}

/// Whether the filter is the equality of one user name, which is unique.
pub(super) fn names_one(filter: &Filter<TechnicianCondition>) -> bool {
    match filter {
        Filter::Is(TechnicianCondition::Username(TextTest::OneOf(names))) => names.len() == 1,
        Filter::All(parts) => parts.len() == 1 && parts.iter().all(names_one),
        _ => false,
    }
}
