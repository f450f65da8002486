//! What may be asked of a session.

use entity::session;
use sea_orm::{
    ColumnTrait, DbBackend,
    sea_query::{Cond, Expr, Query, SubQueryStatement},
};

use super::{
    Condition, Target,
    child::{any, custom_field},
    compare, nullable, one_of, plain,
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
    /// The rows of an account, to count those that a filter keeps.
    ///
    /// Of a narrow range in a large account PostgreSQL expects fewer rows where it sees the times
    /// than where it does not, and so would plan anew each time, which takes half as long as
    /// counting a thousand rows. Where the same index serves whatever the times are, they are
    /// hidden from it, and it keeps its plan.
    pub(in crate::store) fn to_count(
        account: AccountId,
        backend: DbBackend,
        filter: &SessionFilter,
    ) -> Self {
        let hides_starts = backend == DbBackend::Postgres && is_range_of_start(filter);
        Self { account, backend, hides_starts }
    }
}

impl Condition for SessionCondition {
    fn sql(&self, target: Target, negated: bool) -> Cond {
        use session::Column;
        match self {
            Self::Id(ids) => plain(one_of(target.backend, Column::Id, ids), negated),
            Self::Time(time, comparison, value) => {
                let column = session_time(*time);
                let test = compare(column, *comparison, moment(*time, value.micros(), target));
                if *time == SessionTime::EndedAt {
                    nullable(column, test, negated)
                } else {
                    plain(test, negated)
                }
            }
            Self::Absent(time) => plain(session_time(*time).is_null(), negated),
            Self::StartMethod(methods) => {
                plain(words(Column::StartMethod, methods.iter().map(|it| it.word())), negated)
            }
            // An index serves the plain forms alone.
            Self::Answered if negated => Cond::all().add(Column::TechnicianId.is_null()),
            Self::Answered => Cond::all().add(Column::TechnicianId.is_not_null()),
            Self::HasVideos => plain(Column::VideoCount.gt(0), negated),
            Self::Text(field, test) => text(session_text(*field), test, negated),
            Self::Technician(filter) => {
                let test = technician(filter, target, negated);
                nullable(Column::TechnicianId, test, negated)
            }
            Self::CustomField(filter) => plain(custom_field(filter, target), negated),
            Self::ChatMessage(filter) => plain(any::<ChatMessageTable>(filter, target), negated),
            Self::Video(filter) => plain(any::<VideoTable>(filter, target), negated),
        }
    }
}

/// A time to compare with; hidden where the plan is not to depend on it.
fn moment(of: SessionTime, micros: i64, target: Target) -> Expr {
    if of == SessionTime::StartedAt && target.hides_starts {
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
