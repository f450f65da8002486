//! What may be asked of a session.

use entity::session;
use sea_orm::{
    ColumnTrait, DbBackend,
    sea_query::{Cond, Expr, Query, SubQueryStatement},
};

use super::{
    Condition, Target,
    child::{any, custom_field},
    compare, in_list, not_null_test, nullable,
    technician::{names_one, technician},
    text, words,
};
use crate::{
    domain::{
        filter::{Comparison, Filter, SessionCondition, SessionFilter, SessionText, SessionTime},
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
        Self { account, backend, generic_plan }
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
                if *time == SessionTime::EndedAt {
                    nullable(column, test, negated)
                } else {
                    not_null_test(test, negated)
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
        }
    }
}

/// A time to compare with; hidden in a subquery if the plan must not depend on it.
fn moment(of: SessionTime, micros: i64, target: Target) -> Expr {
    if of == SessionTime::StartedAt && target.generic_plan {
        let select = Query::select().expr(Expr::value(micros)).take();
        Expr::SubQuery(None, Box::new(SubQueryStatement::from(select)))
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
