//! What may be asked of a session.

use entity::{held_session, session, session_change};
use sea_orm::{
    ColumnTrait, DbBackend, IntoSimpleExpr,
    sea_query::{Cond, Expr, ExprTrait, Query},
};

use super::{
    Condition, Target,
    child::{any, custom_field},
    compare, hidden, in_list, not_null_test, nullable,
    search::search,
    technician::{names_one, technician},
    text, words,
};
use crate::{
    domain::{
        filter::{
            Comparison, Filter, SessionCondition, SessionFilter, SessionNumber, SessionText,
            SessionTime, index::SessionIndex,
        },
        viewer::AccountId,
    },
    store::table::{ChatMessageTable, VideoTable},
};

impl Target {
    /// The rows of an account, to count those that match a filter.
    ///
    /// For a narrow range of start times in a large account, PostgreSQL expects fewer rows if it sees
    /// the times. It would then plan the statement each time, which takes half as long as counting a
    /// thousand rows. If the same index is best for all times, the statement hides the times, and
    /// PostgreSQL uses one generic plan.
    pub(in crate::store) fn to_count(
        account: AccountId,
        backend: DbBackend,
        filter: &SessionFilter,
    ) -> Self {
        let generic_plan = backend == DbBackend::Postgres && is_range_of_start(filter);
        Self { generic_plan, ..Self::new(account, backend) }
    }
}

impl Condition for SessionCondition {
    fn sql(&self, target: Target, negated: bool) -> Cond {
        use session::Column;
        match self {
            Self::Id(ids) => not_null_test(in_list(target.backend, Column::Id, ids), negated),
            Self::Time(time, comparison, value) => {
                let column = session_time(*time);
                let test = compare(column, *comparison, moment(*time, value.micros(), target));
                match time {
                    SessionTime::StartedAt => not_null_test(test, negated),
                    SessionTime::EndedAt => nullable(column, few(test, *time, target), negated),
                    SessionTime::UpdatedAt => not_null_test(few(test, *time, target), negated),
                }
            }
            Self::Number(number, comparison, value) => {
                let column = session_number(*number);
                let test = compare(column, *comparison, *value);
                match number {
                    SessionNumber::Id | SessionNumber::ChatMessageCount => {
                        not_null_test(test, negated)
                    }
                    SessionNumber::DurationSeconds | SessionNumber::FirstResponseSeconds => {
                        nullable(column, test, negated)
                    }
                }
            }
            Self::Absent(time) => not_null_test(session_time(*time).is_null(), negated),
            Self::StartMethod(methods) => not_null_test(
                words(Column::StartMethod, methods.iter().map(|it| it.as_str())),
                negated,
            ),
            // Only these two forms use an index.
            Self::Answered if negated => Cond::all().add(Column::TechnicianId.is_null()),
            Self::Answered => Cond::all().add(Column::TechnicianId.is_not_null()),
            Self::HasVideos => not_null_test(Column::VideoCount.gt(0), negated),
            Self::Anonymized => not_null_test(anonymized(target), negated),
            Self::Held => not_null_test(held(target), negated),
            Self::Text(field, test) => text(session_text(*field), test, target, negated),
            Self::Technician(filter) => {
                let test = technician(filter, target, negated);
                nullable(Column::TechnicianId, test, negated)
            }
            Self::CustomField(filter) => not_null_test(custom_field(filter, target), negated),
            Self::ChatMessage(filter) => {
                not_null_test(any::<ChatMessageTable>(filter, target), negated)
            }
            Self::Video(filter) => not_null_test(any::<VideoTable>(filter, target), negated),
            Self::Search(it) if negated => search(it, target).not(),
            Self::Search(it) => search(it, target),
        }
    }
}

/// The condition that the change log has a session as anonymized.
fn anonymized(target: Target) -> Expr {
    use session_change::Column;
    let changes = Query::select()
        .expr(Expr::cust("1"))
        .from(session_change::Entity)
        .and_where(Column::AccountId.eq(target.account.0))
        .and_where(Column::SessionId.into_simple_expr().eq(session::Column::Id.into_simple_expr()))
        .and_where(Column::AnonymizedAt.is_not_null())
        .take();
    Expr::exists(changes)
}

/// The condition that a session is held.
fn held(target: Target) -> Expr {
    use held_session::Column;
    let holds = Query::select()
        .expr(Expr::cust("1"))
        .from(held_session::Entity)
        .and_where(Column::AccountId.eq(target.account.0))
        .and_where(Column::SessionId.into_simple_expr().eq(session::Column::Id.into_simple_expr()))
        .take();
    Expr::exists(holds)
}

/// A test that few sessions pass. SQLite does not know that: of half a range it expects a quarter of the
/// account, and would not use the index of the range in another order. In its own order it uses the index, and
/// would read from the range instead of the cursor.
fn few(test: Expr, of: SessionTime, target: Target) -> Expr {
    match target.backend {
        DbBackend::Sqlite if target.order != Some(SessionIndex::of_time(of)) => {
            Expr::cust_with_exprs("unlikely(?)", [test])
        }
        _ => test,
    }
}

/// A time to compare with; hidden in a subquery if the plan must not depend on it.
fn moment(of: SessionTime, micros: i64, target: Target) -> Expr {
    if of == SessionTime::StartedAt && target.generic_plan {
        hidden(micros)
    } else {
        Expr::value(micros)
    }
}

fn session_time(time: SessionTime) -> session::Column {
    match time {
        SessionTime::StartedAt => session::Column::StartedAt,
        SessionTime::EndedAt => session::Column::EndedAt,
        SessionTime::UpdatedAt => session::Column::UpdatedAt,
    }
}

fn session_number(number: SessionNumber) -> session::Column {
    match number {
        SessionNumber::Id => session::Column::Id,
        SessionNumber::DurationSeconds => session::Column::DurationSeconds,
        SessionNumber::ChatMessageCount => session::Column::ChatCount,
        SessionNumber::FirstResponseSeconds => session::Column::FirstResponseSeconds,
    }
}

fn session_text(field: SessionText) -> session::Column {
    use session::Column;
    match field {
        SessionText::CustomerName => Column::CustomerNameFolded,
        SessionText::CustomerEmail => Column::CustomerEmailFolded,
        SessionText::CustomerNumber => Column::CustomerNumberFolded,
        SessionText::ComputerName => Column::ComputerNameFolded,
        SessionText::ComputerDomain => Column::ComputerDomainFolded,
        SessionText::ComputerOs => Column::ComputerOsFolded,
        SessionText::ProblemDescription => Column::ProblemDescriptionFolded,
        SessionText::Notes => Column::NotesFolded,
    }
}

/// Whether a filter asks for nothing but a range of the start, of one technician perhaps: what the
/// indexes by start and by technician are made for.
fn is_range_of_start(filter: &SessionFilter) -> bool {
    use Comparison::{Gt, Gte, Lt, Lte};
    let mut bounds = Vec::new();
    only_starts(filter, &mut bounds)
        && bounds.iter().any(|bound| matches!(bound, Gt | Gte))
        && bounds.iter().any(|bound| matches!(bound, Lt | Lte))
}

/// Whether a filter asks for nothing but times of the start, of one technician perhaps, and how it
/// compares them.
fn only_starts(filter: &SessionFilter, bounds: &mut Vec<Comparison>) -> bool {
    use SessionCondition::{Technician, Time};
    match filter {
        Filter::Is(Time(SessionTime::StartedAt, comparison, _)) => {
            bounds.push(*comparison);
            true
        }
        Filter::Is(Technician(filter)) => names_one(filter),
        Filter::All(parts) => parts.iter().all(|part| only_starts(part, bounds)),
        _ => false,
    }
}
