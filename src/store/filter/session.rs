//! What may be asked of a session.

use entity::{chat_message, session, video};
use sea_orm::{
    ColumnTrait,
    sea_query::{Cond, Expr, Query, SubQueryStatement},
};

use super::{
    Condition, Place,
    child::{custom_field, exists},
    compare, constant, nullable, plain,
    technician::{names_one, technician},
    text, words,
};
use crate::domain::filter::{Filter, SessionCondition, SessionFilter, SessionText, SessionTime};

impl Condition for SessionCondition {
    fn sql(&self, place: Place, negated: bool) -> Cond {
        use session::Column;
        match self {
            Self::Id(ids) if ids.is_empty() => plain(constant(false), negated),
            Self::Id(ids) => plain(Column::Id.is_in(ids.iter().copied()), negated),
            Self::Time(time, comparison, value) => {
                let column = session_time(*time);
                let test = compare(column, *comparison, moment(*time, value.micros(), place));
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
                let test = technician(filter, place, negated);
                nullable(Column::TechnicianId, test, negated)
            }
            Self::CustomField(filter) => plain(custom_field(filter, place), negated),
            Self::ChatMessage(filter) => plain(
                exists::<chat_message::Entity, _>(
                    [chat_message::Column::AccountId, chat_message::Column::SessionId],
                    filter,
                    place,
                ),
                negated,
            ),
            Self::Video(filter) => plain(
                exists::<video::Entity, _>(
                    [video::Column::AccountId, video::Column::SessionId],
                    filter,
                    place,
                ),
                negated,
            ),
        }
    }
}

/// A time to compare with; hidden where the plan is not to depend on it.
fn moment(of: SessionTime, micros: i64, place: Place) -> Expr {
    if of == SessionTime::StartedAt && place.hides_starts {
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

/// Whether a filter asks for nothing but times of the start, of one technician perhaps: what the
/// indexes by start and by technician are made for.
pub(super) fn is_by_start(filter: &SessionFilter) -> bool {
    use SessionCondition::{Technician, Time};
    match filter {
        Filter::Is(Time(SessionTime::StartedAt, ..)) => true,
        Filter::Is(Technician(filter)) => names_one(filter),
        Filter::All(parts) => parts.iter().all(is_by_start),
        _ => false,
    }
}
