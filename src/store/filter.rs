//! The one place where filters become SQL.
//!
//! SQL has three truth values and the filters have two: a negation is pushed down to the single
//! conditions, where an absent value is spelled out.

use entity::{chat_message, custom_field, session, technician, video};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, IntoSimpleExpr, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Cond, Expr, ExprTrait, LikeExpr, SelectStatement, SubQueryStatement},
};

use crate::domain::{
    filter::{
        ChatMessageCondition, Comparison, CustomFieldCondition, Filter, SessionCondition,
        SessionText, SessionTime, TechnicianCondition, TextTest, VideoCondition,
    },
    viewer::AccountId,
};

/// Whose rows are asked for, and in whose SQL.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub(super) account: AccountId,
    pub(super) backend: DbBackend,
}

/// A condition on a row of some table, as SQL.
pub trait Condition {
    /// The condition, or its opposite.
    fn sql(&self, place: Place, negated: bool) -> Cond;
}

/// The rows that a filter keeps.
pub(super) fn matching<C: Condition>(filter: &Filter<C>, place: Place) -> Cond {
    compile(filter, place, false)
}

fn compile<C: Condition>(filter: &Filter<C>, place: Place, negated: bool) -> Cond {
    let joined = |parts: &[Filter<C>], all: bool| {
        if parts.is_empty() {
            return Cond::all().add(constant(all));
        }
        let start = if all { Cond::all() } else { Cond::any() };
        parts.iter().fold(start, |joined, part| joined.add(compile(part, place, negated)))
    };
    match filter {
        Filter::Is(condition) => condition.sql(place, negated),
        Filter::All(parts) => joined(parts, !negated),
        Filter::Any(parts) => joined(parts, negated),
        Filter::Not(part) => compile(part, place, !negated),
    }
}

/// The column is one of these numbers, in a statement whose text does not depend on how many they
/// are, so that it stays prepared.
pub(super) fn one_of(backend: DbBackend, column: impl ColumnTrait, numbers: &[i64]) -> Expr {
    let column = column.into_simple_expr();
    let joined = || numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    match (backend, numbers) {
        (_, []) => constant(false),
        (_, [number]) => column.eq(*number),
        (DbBackend::Postgres, _) => {
            let array = Expr::value(format!("{{{}}}", joined()));
            Expr::cust_with_exprs("$1 = ANY(CAST($2 AS bigint[]))", [column, array])
        }
        (DbBackend::Sqlite, _) => {
            let array = Expr::value(format!("[{}]", joined()));
            let each = "? IN (SELECT value FROM json_each(?))";
            Expr::cust_with_exprs(each, [column, array])
        }
        (_, [.., last]) => {
            // The last stands so often that their number is a power of two, of which there are few.
            let filler = std::iter::repeat(*last);
            let padded = numbers.iter().copied().chain(filler);
            column.is_in(padded.take(numbers.len().next_power_of_two()))
        }
    }
}

/// A condition that always or never holds, as every database writes it.
fn constant(holds: bool) -> Expr {
    Expr::cust(if holds { "1 = 1" } else { "1 = 0" })
}

/// A test of a column that is never null.
fn plain(test: Expr, negated: bool) -> Cond {
    if negated { Cond::all().add(test.not()) } else { Cond::all().add(test) }
}

/// A test of a column that may be null, where the test itself is not met.
fn nullable(column: impl ColumnTrait, test: Expr, negated: bool) -> Cond {
    if negated { Cond::any().add(test.not()).add(column.is_null()) } else { Cond::all().add(test) }
}

fn text(folded: impl ColumnTrait, test: &TextTest, negated: bool) -> Cond {
    let column = || folded.into_simple_expr();
    let like = |pattern: String| column().like(LikeExpr::new(pattern).escape('!'));
    let test = match test {
        TextTest::IsNull => return plain(column().is_null(), negated),
        TextTest::OneOf(values) => match values.as_slice() {
            [] => constant(false),
            [value] => column().eq(value.clone()),
            values => column().is_in(values.iter().cloned()),
        },
        TextTest::Contains(part) => like(format!("%{}%", escape(part))),
        TextTest::EndsWith(part) => like(format!("%{}", escape(part))),
        // A range serves from an index on every database.
        TextTest::StartsWith(part) => match successor(part) {
            _ if part.is_empty() => column().is_not_null(),
            Some(end) => column().gte(part.clone()).and(column().lt(end)),
            None => column().gte(part.clone()),
        },
    };
    nullable(folded, test, negated)
}

/// The part with the signs that `LIKE` gives a meaning to made ordinary.
fn escape(part: &str) -> String {
    part.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// The first text, by code point, after all that begin with this one.
fn successor(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

fn compare(column: impl ColumnTrait, comparison: Comparison, value: i64) -> Expr {
    match comparison {
        Comparison::Eq => column.eq(value),
        Comparison::Gt => column.gt(value),
        Comparison::Gte => column.gte(value),
        Comparison::Lt => column.lt(value),
        Comparison::Lte => column.lte(value),
    }
}

fn words(column: impl ColumnTrait, words: impl Iterator<Item = &'static str>) -> Expr {
    let words: Vec<_> = words.collect();
    if words.is_empty() { constant(false) } else { column.is_in(words) }
}

impl Condition for SessionCondition {
    fn sql(&self, place: Place, negated: bool) -> Cond {
        use session::Column;
        match self {
            Self::Id(ids) if ids.is_empty() => plain(constant(false), negated),
            Self::Id(ids) => plain(Column::Id.is_in(ids.iter().copied()), negated),
            Self::Time(time, comparison, value) => {
                let column = session_time(*time);
                let test = compare(column, *comparison, value.micros());
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

/// One user name is looked up before the sessions are read, and the index of the technician's
/// sessions serves the rest; a join, or a list of one, would read far more. Nobody of that name is
/// null, the opposite of which would hold for no session, so that is left to a list.
fn technician(filter: &Filter<TechnicianCondition>, place: Place, negated: bool) -> Expr {
    let ids = technician::Entity::find()
        .select_only()
        .column(technician::Column::Id)
        .filter(technician::Column::AccountId.eq(place.account.0))
        .filter(matching(filter, place))
        .into_query();
    let column = session::Column::TechnicianId.into_simple_expr();
    if names_one(filter) && !negated {
        column.eq(Expr::SubQuery(None, Box::new(SubQueryStatement::from(ids))))
    } else {
        column.in_subquery(ids)
    }
}

/// Whether the filter is the equality of one user name, which is unique.
fn names_one(filter: &Filter<TechnicianCondition>) -> bool {
    match filter {
        Filter::Is(TechnicianCondition::Username(TextTest::OneOf(names))) => names.len() == 1,
        Filter::All(parts) => parts.len() == 1 && parts.iter().all(names_one),
        _ => false,
    }
}

/// A field that is named by its value is found through the index of values, which leads to few
/// sessions; any other is looked for session by session, in the order of the list.
fn custom_field(filter: &Filter<CustomFieldCondition>, place: Place) -> Expr {
    let columns = [custom_field::Column::AccountId, custom_field::Column::SessionId];
    if !names_value(filter) {
        return exists::<custom_field::Entity, _>(columns, filter, place);
    }
    let ids = custom_field::Entity::find()
        .select_only()
        .column(custom_field::Column::SessionId)
        .filter(custom_field::Column::AccountId.eq(place.account.0))
        .filter(matching(filter, place))
        .into_query();
    session::Column::Id.into_simple_expr().in_subquery(ids)
}

fn names_value(filter: &Filter<CustomFieldCondition>) -> bool {
    match filter {
        Filter::Is(CustomFieldCondition::Value(TextTest::OneOf(_))) => true,
        Filter::All(parts) => parts.iter().any(names_value),
        _ => false,
    }
}

/// Whether the session at hand has a child that the filter keeps.
fn exists<E: EntityTrait, C: Condition>(
    [account_id, session_id]: [E::Column; 2],
    filter: &Filter<C>,
    place: Place,
) -> Expr {
    let id = session::Column::Id.into_simple_expr();
    let children: SelectStatement = E::find()
        .select_only()
        .expr(Expr::cust("1"))
        .filter(account_id.eq(place.account.0))
        .filter(session_id.into_simple_expr().eq(id))
        .filter(matching(filter, place))
        .into_query();
    let found = Expr::exists(children);
    // As a value rather than a condition: of a condition MariaDB makes a list of all children of
    // the account that the filter keeps, before it looks at the first session.
    if place.backend == DbBackend::MySql { found.eq(true) } else { found }
}

impl Condition for TechnicianCondition {
    fn sql(&self, _place: Place, negated: bool) -> Cond {
        match self {
            Self::Username(test) => text(technician::Column::UsernameFolded, test, negated),
            Self::Name(test) => text(technician::Column::NameFolded, test, negated),
        }
    }
}

impl Condition for CustomFieldCondition {
    fn sql(&self, _place: Place, negated: bool) -> Cond {
        match self {
            Self::Name(test) => text(custom_field::Column::NameFolded, test, negated),
            Self::Value(test) => text(custom_field::Column::ValueFolded, test, negated),
        }
    }
}

impl Condition for ChatMessageCondition {
    fn sql(&self, _place: Place, negated: bool) -> Cond {
        use chat_message::Column;
        match self {
            Self::SentAt(comparison, value) => {
                plain(compare(Column::SentAt, *comparison, value.micros()), negated)
            }
            Self::SentAtUnknown => plain(Column::SentAt.is_null(), negated),
            Self::Sender(test) => text(Column::SenderFolded, test, negated),
            Self::SenderRole(roles) => {
                plain(words(Column::SenderRole, roles.iter().map(|it| it.word())), negated)
            }
            Self::Body(test) => text(Column::BodyFolded, test, negated),
        }
    }
}

impl Condition for VideoCondition {
    fn sql(&self, _place: Place, negated: bool) -> Cond {
        use video::Column;
        match self {
            Self::RecordedAt(comparison, value) => {
                let test = compare(Column::RecordedAt, *comparison, value.micros());
                nullable(Column::RecordedAt, test, negated)
            }
            Self::RecordedAtUnknown => plain(Column::RecordedAt.is_null(), negated),
            Self::DurationUnknown => plain(Column::DurationSeconds.is_null(), negated),
            Self::DurationSeconds(comparison, value) => {
                let test = compare(Column::DurationSeconds, *comparison, *value);
                nullable(Column::DurationSeconds, test, negated)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{escape, successor};

    #[test]
    fn like_signs_are_ordinary() {
        assert_eq!(escape("50%_!"), "50!%!_!!");
    }

    #[test]
    fn the_successor_of_a_prefix_ends_its_range() {
        assert_eq!(successor("abc").as_deref(), Some("abd"));
        assert_eq!(successor("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(successor("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(successor("\u{10FFFF}"), None);
    }
}
