//! The size of an account, as far as the price of a search depends on it.

use super::time::Timestamp;

/// The number of sessions of an account, and the time that their starts span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountSize {
    /// The number of sessions.
    pub sessions: u64,
    /// The start of the first session.
    pub first_start: Option<Timestamp>,
    /// The start of the last session.
    pub last_start: Option<Timestamp>,
}

/// The smallest part of an account that a range of starts is expected to have.
const MIN_SHARE: f64 = 0.01;

impl AccountSize {
    /// The expected number of sessions that start in a range, if the starts are spread evenly.
    pub fn started_between(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> u64 {
        let (Some(first), Some(last)) = (self.first_start, self.last_start) else {
            return self.sessions;
        };
        let from = from.map_or(first, |from| from.max(first)).micros();
        let to = to.map_or(last, |to| to.min(last)).micros();
        let all = last.micros().saturating_sub(first.micros()).max(1);
        #[expect(clippy::cast_precision_loss, reason = "it is an estimate")]
        let share = to.saturating_sub(from) as f64 / all as f64;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is an estimate, and not negative"
        )]
        let sessions = (self.sessions as f64 * share.clamp(MIN_SHARE, 1.0)) as u64;
        sessions
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountSize, Timestamp};

    #[test]
    fn a_range_of_starts_has_its_share_of_the_sessions() {
        let day = |day: i64| Timestamp::from_micros(day * 86_400_000_000);
        let size = AccountSize { sessions: 1000, first_start: day(0), last_start: day(100) };
        for (from, to, expected) in [
            (None, None, 1000),
            (day(90), None, 100),
            (None, day(25), 250),
            (day(40), day(60), 200),
            (day(-500), day(500), 1000),
            (day(99), day(90), 10),
            (day(500), None, 10),
        ] {
            assert_eq!(size.started_between(from, to), expected, "{from:?} {to:?}");
        }
        let unknown = AccountSize { sessions: 7, ..AccountSize::default() };
        assert_eq!(unknown.started_between(day(1), day(2)), 7);
    }
}
