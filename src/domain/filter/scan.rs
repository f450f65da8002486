//! The time of a search: what a filter costs for each session, and how many sessions it visits.
//!
//! The times are nanoseconds of one core for texts of usual length, if no session matches. They were
//! measured on SQLite and rounded up; docs/GRAPHQL.md says how a request is priced with them.

use super::index::SessionIndex;
use super::{
    ChatMessageCondition, CustomFieldCondition, Filter, SessionCondition, SessionFilter,
    SessionText, SessionTime, TechnicianCondition, TextTest, VideoCondition,
};
use crate::domain::{account_size::AccountSize, filter::Comparison, time::Timestamp};

/// The nanoseconds of a search that cost 1: a request of cost 100,000 takes 1.5 seconds.
pub const NANOS_OF_A_COST: u64 = 15_000;
/// The time to visit a session.
const VISIT: u64 = 300;
/// The time to find the session of a change.
const FIND_SESSION: u64 = 1_000;
/// The time to count a session by an index alone.
const COUNT: u64 = 30;
/// The time to test a number, a word, or the beginning of a text.
const TEST: u64 = 50;
/// The time to search a text of one line.
const SEARCH: u64 = 150;
/// The time to search a description, notes, or what belongs to them.
const SEARCH_LONG: u64 = 2_000;
/// The time to find the children of a session.
const FIND_CHILDREN: u64 = 1_000;
/// The expected number of children of a session.
const CHILDREN: u64 = 10;
/// A pattern that is longer by this number of bytes takes as long again: a text may repeat the
/// beginning of the pattern.
const PATTERN: u64 = 32;
/// The time to test the words of a session for a term of a search.
const SEARCH_WORDS: u64 = 3_000;
/// The part of the sessions that have the value of an index.
const SHARE_OF_A_VALUE: u64 = 10;

/// A condition that takes time for each row that it is tested on.
pub trait ScanTime {
    /// The nanoseconds.
    fn nanos(&self) -> u64;
}

impl<C: ScanTime> Filter<C> {
    /// The nanoseconds of all conditions on a row.
    pub fn nanos(&self) -> u64 {
        match self {
            Self::Is(condition) => condition.nanos(),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().map(Self::nanos).fold(0, u64::saturating_add)
            }
            Self::Not(part) => part.nanos(),
        }
    }

    /// The nanoseconds to test the children of this many sessions.
    pub fn nanos_of_children(&self, sessions: u64) -> u64 {
        let nanos = self.nanos().saturating_add(TEST).saturating_mul(CHILDREN);
        nanos.saturating_add(FIND_CHILDREN).saturating_mul(sessions)
    }
}

impl SessionFilter {
    /// The nanoseconds to find a page in the order of an index, if no session matches. None are needed if
    /// an index has the page.
    pub fn nanos_of_page(&self, order: SessionIndex, size: &AccountSize) -> u64 {
        if self.is_unrestricted() || self.is_range_of(order) {
            return 0;
        }
        self.visited(size).saturating_mul(self.nanos().saturating_add(VISIT))
    }

    /// The nanoseconds to test the sessions of this number of changes.
    pub fn nanos_of_changes(&self, changes: u64) -> u64 {
        changes.saturating_mul(self.nanos().saturating_add(FIND_SESSION))
    }

    /// The nanoseconds to sort the sessions of this number of technicians.
    pub fn nanos_of_sort(&self, technicians: u64, size: &AccountSize) -> u64 {
        let sessions = technicians.saturating_mul(size.sessions / SHARE_OF_A_VALUE);
        let visited = self.visited(size).min(sessions);
        visited.saturating_mul(self.nanos().saturating_add(VISIT))
    }

    /// The nanoseconds to read each session once for statistics that take `each` for a session.
    pub fn nanos_of_statistics(&self, size: &AccountSize, each: u64) -> u64 {
        let filter = if self.is_range_of(SessionIndex::Start) { 0 } else { self.nanos() };
        self.visited(size).saturating_mul(filter.saturating_add(VISIT).saturating_add(each))
    }

    /// The range of starts that all must be in.
    pub fn start_range(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let (mut from, mut to) = (None, None);
        self.narrow(&[SessionTime::StartedAt], &mut from, &mut to);
        (from, to)
    }

    /// The nanoseconds to count the sessions.
    pub fn nanos_of_total(&self, size: &AccountSize) -> u64 {
        if self.is_unrestricted() || SessionIndex::ALL.iter().any(|index| self.is_range_of(*index))
        {
            return self.visited(size).saturating_mul(COUNT);
        }
        self.nanos_of_page(SessionIndex::Start, size)
    }

    /// The expected number of sessions that are visited.
    fn visited(&self, size: &AccountSize) -> u64 {
        let of_a_value = size.sessions / SHARE_OF_A_VALUE;
        match self {
            Self::Is(SessionCondition::Id(ids)) => size.sessions.min(ids.len() as u64),
            Self::Is(SessionCondition::Technician(filter)) if filter.is_equality() => of_a_value,
            Self::Is(SessionCondition::CustomField(filter)) if filter.has_equality() => of_a_value,
            Self::Is(SessionCondition::Text(text, TextTest::OneOf(values))) if text.has_index() => {
                size.sessions.min(of_a_value.saturating_mul(values.len() as u64))
            }
            Self::Is(SessionCondition::Search(search)) if search.required().next().is_some() => {
                of_a_value
            }
            Self::Is(SessionCondition::Absent(SessionTime::EndedAt)) => of_a_value,
            Self::Is(_) => self.started(size),
            Self::All(parts) => {
                let parts = parts.iter().map(|part| part.visited(size));
                parts.fold(self.started(size), u64::min)
            }
            Self::Any(parts) => {
                let parts = parts.iter().map(|part| part.visited(size));
                size.sessions.min(parts.fold(0, u64::saturating_add))
            }
            Self::Not(_) => size.sessions,
        }
    }

    /// The expected number of sessions in the range of starts or ends that all must be in.
    fn started(&self, size: &AccountSize) -> u64 {
        let (mut from, mut to) = (None, None);
        self.narrow(&[SessionTime::StartedAt, SessionTime::EndedAt], &mut from, &mut to);
        match (from, to) {
            (None, None) => size.sessions,
            (from, to) => size.started_between(from, to),
        }
    }

    /// Sessions end soon after they start, so a range of ends is a range of starts.
    /// Narrows a range by the conditions on these times.
    fn narrow(
        &self,
        times: &[SessionTime],
        from: &mut Option<Timestamp>,
        to: &mut Option<Timestamp>,
    ) {
        match self {
            Self::Is(SessionCondition::Time(of, comparison, time)) if times.contains(of) => {
                let time = Some(*time);
                if !matches!(comparison, Comparison::Lt | Comparison::Lte) {
                    *from = time.max(*from);
                }
                if !matches!(comparison, Comparison::Gt | Comparison::Gte) {
                    *to = to.map_or(time, |to| time.min(Some(to)));
                }
            }
            Self::All(parts) => parts.iter().for_each(|part| part.narrow(times, from, to)),
            _ => {}
        }
    }
}

impl SessionText {
    /// The time to search it.
    fn search(self) -> u64 {
        match self {
            Self::ProblemDescription | Self::Notes => SEARCH_LONG,
            _ => SEARCH,
        }
    }
}

impl TextTest {
    /// The nanoseconds, if a search takes this long.
    fn nanos(&self, search: u64) -> u64 {
        match self {
            Self::Contains(part) | Self::EndsWith(part) => {
                let length = part.len() as u64;
                search.saturating_add(search.saturating_mul(length) / PATTERN)
            }
            Self::OneOf(values) => TEST.saturating_mul(values.len().max(1) as u64),
            Self::StartsWith(_) | Self::IsNull => TEST,
        }
    }
}

impl ScanTime for SessionCondition {
    fn nanos(&self) -> u64 {
        match self {
            Self::Text(text, test) => test.nanos(text.search()),
            Self::Technician(filter) => filter.nanos().saturating_add(TEST),
            Self::CustomField(filter) if filter.has_equality() => TEST,
            Self::CustomField(filter) => filter.nanos_of_children(1),
            Self::ChatMessage(filter) => filter.nanos_of_children(1),
            Self::Video(filter) => filter.nanos_of_children(1),
            Self::Search(search) => SEARCH_WORDS.saturating_mul(search.terms().len() as u64),
            Self::Id(_)
            | Self::Time(..)
            | Self::Absent(_)
            | Self::Number(..)
            | Self::StartMethod(_)
            | Self::Answered
            | Self::HasVideos => TEST,
            Self::Anonymized | Self::Held => FIND_CHILDREN,
        }
    }
}

impl ScanTime for TechnicianCondition {
    fn nanos(&self) -> u64 {
        match self {
            Self::Username(test) | Self::Name(test) => test.nanos(SEARCH),
        }
    }
}

impl ScanTime for CustomFieldCondition {
    fn nanos(&self) -> u64 {
        match self {
            Self::Name(test) | Self::Value(test) => test.nanos(SEARCH),
        }
    }
}

impl ScanTime for ChatMessageCondition {
    fn nanos(&self) -> u64 {
        match self {
            // Most messages are short.
            Self::Sender(test) | Self::Body(test) => test.nanos(SEARCH),
            Self::SentAt(..) | Self::SentAtUnknown | Self::SenderRole(_) => TEST,
        }
    }
}

impl ScanTime for VideoCondition {
    fn nanos(&self) -> u64 {
        TEST
    }
}

#[cfg(test)]
mod tests {
    use super::{
        AccountSize, Filter, NANOS_OF_A_COST, SessionCondition, SessionFilter, SessionIndex,
        SessionText, TextTest,
    };
    use crate::domain::filter::{Comparison, SessionNumber};

    const LIMIT: u64 = 100_000;
    const START: SessionIndex = SessionIndex::Start;

    fn cost(nanos: u64) -> u64 {
        nanos / NANOS_OF_A_COST
    }

    fn size(sessions: u64) -> AccountSize {
        AccountSize { sessions, ..AccountSize::default() }
    }

    #[test]
    fn an_ordinary_search_of_100_000_sessions_is_allowed_and_30_of_60_000_are_not() {
        let notes = |part: &str| {
            Filter::Is(SessionCondition::Text(SessionText::Notes, TextTest::contains(part)))
        };
        let (page, all) = (notes("printer"), SessionFilter::default());
        assert!(cost(page.nanos_of_page(START, &size(100_000))) < LIMIT / 4);
        assert!(cost(page.nanos_of_total(&size(100_000))) < LIMIT / 4);
        assert!(cost(all.nanos_of_total(&size(1_000_000))) < LIMIT / 40);
        assert!(30 * cost(page.nanos_of_total(&size(60_000))) > LIMIT);
        assert!(cost(notes(&"a".repeat(999)).nanos_of_page(START, &size(60_000))) > LIMIT);
        let some = Filter::Is(super::ChatMessageCondition::Body(TextTest::contains("thank")));
        let some = Filter::Is(SessionCondition::ChatMessage(some));
        assert!(cost(some.nanos_of_page(START, &size(100_000))) < LIMIT / 2);
        let any = Filter::Any(vec![some; 100]);
        assert!(cost(any.nanos_of_page(START, &size(60_000))) > LIMIT);
    }

    #[test]
    fn a_page_is_free_only_in_the_order_of_the_index_that_has_its_range() {
        let long = Filter::Is(SessionCondition::Number(
            SessionNumber::DurationSeconds,
            Comparison::Gt,
            3_600,
        ));
        let name = TextTest::equals("Ann");
        let of_ann = Filter::Is(SessionCondition::Text(SessionText::CustomerName, name));
        let duration = SessionIndex::Number(SessionNumber::DurationSeconds);
        let large = size(1_000_000);
        for (filter, order, is_free) in [
            (SessionFilter::default(), SessionIndex::End, true),
            (long.clone(), duration, true),
            (long.clone(), START, false),
            (of_ann.clone(), START, true),
            (of_ann.clone(), duration, false),
            (Filter::All(vec![long.clone(), of_ann.clone()]), duration, false),
        ] {
            assert_eq!(filter.nanos_of_page(order, &large) == 0, is_free, "{filter:?} {order:?}");
        }
        // A count needs no order.
        assert_eq!(long.nanos_of_total(&large), 30 * 1_000_000);
    }
}
