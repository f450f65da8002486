//! Conditions on the children of a session.

use entity::{chat_message, custom_field, session, video};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, IntoSimpleExpr,
    sea_query::{Cond, Expr, ExprTrait},
};

use super::{Condition, Target, compare, not_null_test, nullable, select_matching, text, words};
use crate::{
    domain::filter::{
        ChatMessageCondition, CustomFieldCondition, Filter, TextTest, VideoCondition,
    },
    store::child::Child,
};

impl Condition for CustomFieldCondition {
    fn sql(&self, target: Target, negated: bool) -> Cond {
        match self {
            Self::Name(test) => text(custom_field::Column::NameFolded, test, target, negated),
            Self::Value(test) => text(custom_field::Column::ValueFolded, test, target, negated),
        }
    }
}

impl Condition for ChatMessageCondition {
    fn sql(&self, target: Target, negated: bool) -> Cond {
        use chat_message::Column;
        match self {
            Self::SentAt(comparison, value) => {
                not_null_test(compare(Column::SentAt, *comparison, value.micros()), negated)
            }
            Self::SentAtUnknown => not_null_test(Column::SentAt.is_null(), negated),
            Self::Sender(test) => text(Column::SenderFolded, test, target, negated),
            Self::SenderRole(roles) => not_null_test(
                words(Column::SenderRole, roles.iter().map(|it| it.as_str())),
                negated,
            ),
            Self::Body(test) => text(Column::BodyFolded, test, target, negated),
        }
    }
}

impl Condition for VideoCondition {
    fn sql(&self, _target: Target, negated: bool) -> Cond {
        use video::Column;
        match self {
            Self::RecordedAt(comparison, value) => {
                let test = compare(Column::RecordedAt, *comparison, value.micros());
                nullable(Column::RecordedAt, test, negated)
            }
            Self::RecordedAtUnknown => not_null_test(Column::RecordedAt.is_null(), negated),
            Self::DurationSeconds(comparison, value) => {
                let test = compare(Column::DurationSeconds, *comparison, *value);
                nullable(Column::DurationSeconds, test, negated)
            }
        }
    }
}

/// A condition on a custom field. If it names a value, the index of values finds the few sessions with
/// this value. Otherwise the fields of each session are read, in the order of the list.
pub(super) fn custom_field(filter: &Filter<CustomFieldCondition>, target: Target) -> Expr {
    use custom_field::{Column, Entity};
    if !names_value(filter) {
        return exists::<Entity, _>(Column::AccountId, Column::SessionId, filter, target);
    }
    let ids = select_matching::<Entity, _>(Column::SessionId, Column::AccountId, filter, target);
    session::Column::Id.into_simple_expr().in_subquery(ids)
}

/// The condition that a session has a child of this kind that matches the filter.
pub(super) fn any<T: Child<Condition: Condition>>(
    filter: &Filter<T::Condition>,
    target: Target,
) -> Expr {
    let [account_id, session_id, _] = T::KEY;
    exists::<T::Table, _>(account_id, session_id, filter, target)
}

fn names_value(filter: &Filter<CustomFieldCondition>) -> bool {
    match filter {
        Filter::Is(CustomFieldCondition::Value(TextTest::OneOf(_))) => true,
        Filter::All(parts) => parts.iter().any(names_value),
        _ => false,
    }
}

fn exists<E: EntityTrait, C: Condition>(
    account_id: E::Column,
    session_id: E::Column,
    filter: &Filter<C>,
    target: Target,
) -> Expr {
    let id = session::Column::Id.into_simple_expr();
    let mut children = select_matching::<E, _>(session_id, account_id, filter, target);
    children.and_where(session_id.into_simple_expr().eq(id));
    let found = Expr::exists(children);
    // A value and not a condition: for a condition, MariaDB first reads all children of the account
    // that match the filter.
    if target.backend == DbBackend::MySql { found.eq(true) } else { found }
}
