//! The planner against sources in memory.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Coverage, FIRST, Rules};
use crate::{domain::sync::TimeRange, sync::span::Span};

const NOW: i64 = 1_767_323_045;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const OVERLAP: i64 = 6 * HOUR;
const TARGET: u64 = 100;

/// A source in memory, and what it was asked.
#[derive(Default)]
struct Model {
    /// The starts of sessions, and how often each was in a whole answer.
    reads: BTreeMap<i64, u64>,
    /// An answer with more sessions fails.
    limit: Option<usize>,
    /// Whether a failure shows that the range was too long.
    is_long_evident: bool,
    /// Answers with this second fail.
    broken: Option<i64>,
    /// Four of ten requests fail, as this number says.
    luck: Option<u64>,
    requests: Vec<TimeRange>,
    failures: usize,
}

impl Model {
    fn new(starts: impl IntoIterator<Item = i64>) -> Self {
        Self { reads: starts.into_iter().map(|start| (start, 0)).collect(), ..Self::default() }
    }

    /// How many sessions an answer has, or none if it fails.
    fn ask(&mut self, range: TimeRange) -> Option<u64> {
        self.requests.push(range);
        let found: Vec<_> = self.reads.range(range.start..range.end).map(|it| *it.0).collect();
        let is_broken = self.broken.is_some_and(|it| (range.start..range.end).contains(&it));
        if is_broken || self.is_unlucky() || self.limit.is_some_and(|limit| found.len() > limit) {
            self.failures += 1;
            return None;
        }
        for start in &found {
            *self.reads.entry(*start).or_default() += 1;
        }
        Some(found.len() as u64)
    }

    /// Reads everything once with a new mirror.
    fn read_new(&mut self) -> Coverage {
        let (mut coverage, mut span) = (Coverage::default(), new_span());
        let mut now = self.read_all(&mut coverage, &mut span, &once(NOW), NOW);
        // A second that failed twice by chance waits.
        while let Some(retry_at) = coverage.next_retry(&once(NOW), now) {
            now = self.read_all(&mut coverage, &mut span, &once(NOW), retry_at);
        }
        coverage
    }

    fn is_unlucky(&mut self) -> bool {
        self.luck.as_mut().is_some_and(|luck| {
            // A linear congruential generator.
            *luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (*luck >> 33) % 10 < 4
        })
    }

    /// Requests everything that is due. Returns the time at the end: each request takes a second.
    fn read_all(
        &mut self,
        coverage: &mut Coverage,
        span: &mut Span,
        rules: &Rules,
        mut now: i64,
    ) -> i64 {
        let until = self.requests.len() + 20_000;
        while let Some(range) = coverage.next(rules, now, *span, &[]) {
            assert!(range.start < range.end, "{range:?}");
            match self.ask(range) {
                Some(sessions) => {
                    span.read(range.seconds(), sessions, coverage.failures(range) > 0);
                    coverage.read(range, now);
                }
                None => {
                    let is_long = self.is_long_evident;
                    if coverage.failed(range, now, "it failed", is_long) >= span.tries() {
                        span.too_long(range.seconds());
                    }
                }
            }
            now += 1;
            assert!(self.requests.len() < until, "no end");
        }
        now
    }
}

fn once(now: i64) -> Rules {
    Rules { since: FIRST, stale_before: now, overlap: OVERLAP }
}

fn new_span() -> Span {
    Span::new(None, TARGET)
}

/// Sessions of some years: groups of different size and density, up to a moment ago.
fn histories() -> impl Strategy<Value = Vec<i64>> {
    let group = (0..12 * 365 * DAY, 1..400_i64, 1..9_000_i64);
    let starts = |(age, count, distance): (i64, i64, i64)| {
        (0..count).map(move |n| NOW - 1 - (age + n * distance))
    };
    prop::collection::vec(group, 0..8)
        .prop_map(move |groups| groups.into_iter().flat_map(starts).collect())
}

fn requests_without_failures(history: &[i64]) -> usize {
    let mut model = Model::new(history.iter().copied());
    model.read_new();
    model.requests.len()
}

/// The limit of failures: a few for each change of the density, and some while the length of ranges is tried.
fn most_failures(model: &Model) -> usize {
    let answers = model.requests.len() - model.failures;
    200 + answers * 3 / 10
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_new_mirror_reads_each_session_once_and_the_newest_first(history in histories()) {
        let mut model = Model::new(history);
        let (mut coverage, mut span) = (Coverage::default(), new_span());
        let end = model.read_all(&mut coverage, &mut span, &once(NOW), NOW);
        prop_assert!(model.reads.values().all(|reads| *reads == 1));
        prop_assert!(model.requests.is_sorted_by(|one, next| one.start == next.end));
        prop_assert_eq!(model.requests.last().unwrap().start, FIRST);
        // The range doubles or is halved, so it costs little to find its length.
        let most = 60 + 8 * model.reads.len() / TARGET as usize;
        prop_assert!(model.requests.len() < most, "{} requests", model.requests.len());
        prop_assert_eq!(coverage.next(&once(NOW), end, span, &[]), None);
    }

    #[test]
    fn a_source_that_fails_above_a_limit_is_read_in_shorter_ranges(
        history in histories(),
        limit in 5..200_usize,
        is_long_evident: bool,
    ) {
        let ideal = history.len() / limit.min(TARGET as usize);
        let mut model = Model { limit: Some(limit), is_long_evident, ..Model::new(history) };
        let coverage = model.read_new();
        prop_assert!(model.reads.values().all(|reads| *reads == 1));
        prop_assert!(coverage.windows().iter().all(|it| it.failure.is_none()));
        prop_assert!(model.failures < most_failures(&model), "{} failures", model.failures);
        // To find the length costs a few for each change of the density.
        let requests = model.requests.len();
        prop_assert!(requests <= 2 * ideal + 300, "{requests} requests, at best {ideal}");
    }

    #[test]
    fn a_source_that_fails_by_chance_is_read_in_ranges_of_the_same_length(
        history in histories(),
        luck: u64,
    ) {
        let ideal = requests_without_failures(&history);
        let mut model = Model { luck: Some(luck), ..Model::new(history) };
        let coverage = model.read_new();
        prop_assert!(model.reads.values().all(|reads| *reads == 1));
        prop_assert!(coverage.windows().iter().all(|it| it.failure.is_none()));
        // Without any other loss, 5 requests are needed for 3 answers.
        let requests = model.requests.len();
        prop_assert!(requests <= 3 * ideal + 60, "{requests} requests, without failures {ideal}");
    }

    #[test]
    fn a_source_with_a_limit_that_fails_by_chance_too_is_read(
        history in histories(),
        limit in 5..200_usize,
        luck: u64,
    ) {
        let ideal = history.len() / limit.min(TARGET as usize);
        let mut model = Model { limit: Some(limit), luck: Some(luck), ..Model::new(history) };
        let coverage = model.read_new();
        prop_assert!(model.reads.values().all(|reads| *reads == 1));
        prop_assert!(coverage.windows().iter().all(|it| it.failure.is_none()));
        let requests = model.requests.len();
        prop_assert!(requests <= 3 * ideal + 800, "{requests} requests, at best {ideal}");
    }

    #[test]
    fn a_second_that_always_fails_keeps_no_other_from_being_read(
        history in histories(),
        age in 0..3_000 * DAY,
    ) {
        let broken = NOW - 1 - age;
        let mut model = Model { broken: Some(broken), ..Model::new(history) };
        let (mut coverage, mut span) = (Coverage::default(), new_span());
        let mut now = NOW;
        for _ in 0..60 {
            now = model.read_all(&mut coverage, &mut span, &once(NOW), now) + 6 * HOUR;
        }
        for (start, reads) in &model.reads {
            prop_assert_eq!(*reads >= 1, *start != broken, "{}", start);
        }
        let left: Vec<_> = coverage.windows().iter().filter(|it| it.failure.is_some()).collect();
        prop_assert_eq!(left.len(), 1);
        prop_assert_eq!(left[0].range, TimeRange { start: broken, end: broken + 1 });
        prop_assert!(model.failures < 150, "{} failures", model.failures);
    }

    #[test]
    fn what_is_known_of_each_second_has_happened_and_no_read_is_forgotten(
        changes in prop::collection::vec((0..50_i64, 1..20_i64, any::<bool>()), 1..30),
    ) {
        let mut coverage = Coverage::default();
        let mut happened: BTreeMap<i64, (Option<i64>, bool)> = BTreeMap::new();
        for (now, (start, length, is_read)) in (100..).zip(changes) {
            let range = TimeRange { start, end: start + length };
            match is_read {
                true => coverage.read(range, now),
                false => drop(coverage.failed(range, now, "it failed", false)),
            }
            for second in start..range.end {
                let known = happened.entry(second).or_default();
                *known = if is_read { (Some(now), false) } else { (known.0, true) };
            }
            let windows = coverage.windows();
            prop_assert!(windows.is_sorted_by(|one, next| one.range.end <= next.range.start));
            let known: BTreeMap<_, _> = windows.iter().flat_map(|it| {
                let failed = it.failure.is_some();
                (it.range.start..it.range.end).map(move |at| (at, (it.read_at, failed)))
            }).collect();
            for (second, (read_at, failed)) in &happened {
                let known = known.get(second).copied();
                prop_assert_eq!(known.and_then(|it| it.0), *read_at);
                // The rest of a range that failed did not fail by itself.
                let is_last = (start..range.end).contains(second);
                prop_assert!(!is_last || known == Some((*read_at, *failed)));
                prop_assert!(*failed || known.is_none_or(|it| !it.1));
            }
            prop_assert!(known.keys().all(|second| happened.contains_key(second)));
        }
    }
}

#[test]
fn a_mirror_that_follows_reads_recent_sessions_each_time_and_old_ones_when_their_age_doubles() {
    let interval = 15 * 60;
    let days = 40;
    let end = NOW + days * DAY;
    let mut model = Model::new((NOW - 30 * DAY..end).step_by(1_200));
    let (mut coverage, mut span) = (Coverage::default(), new_span());
    let mut last: BTreeMap<i64, i64> = BTreeMap::new();
    let mut now = NOW;
    while now < end {
        let rules = Rules { since: FIRST, stale_before: now - interval + 1, overlap: OVERLAP };
        // The source has only what has started.
        let later = model.reads.split_off(&now);
        let before = model.requests.len();
        model.read_all(&mut coverage, &mut span, &rules, now);
        for range in &model.requests[before..] {
            last.extend(model.reads.range(range.start..range.end).map(|it| (*it.0, now)));
        }
        for start in model.reads.keys() {
            let (age, age_then) = (now - start, last[start] - start);
            let doubled = 2 * age_then.max(OVERLAP) + interval;
            assert!(age <= OVERLAP || age < doubled, "{age} {age_then}");
            assert!(age > OVERLAP || last[start] == now, "{age} {age_then}");
        }
        assert!(coverage.windows().len() < 400, "{} windows", coverage.windows().len());
        model.reads.extend(later);
        now += interval;
    }
    // A session is read once each interval of the overlap, and then a few times.
    let most = (OVERLAP / interval) as u64 + 2 + 12;
    let worst = model.reads.values().max().unwrap();
    assert!(*worst <= most, "{worst} reads, {most}");
    let each_interval = model.requests.len() as f64 / (days * DAY / interval) as f64;
    assert!(each_interval < 2.5, "{each_interval} requests in each interval");
}

#[test]
fn an_open_session_is_read_each_time_however_old_it_is() {
    let (mut coverage, span) = (Coverage::default(), Span::new(Some(10_000 * DAY), TARGET));
    let range = TimeRange { start: FIRST, end: NOW };
    coverage.read(range, NOW);
    let now = NOW + HOUR;
    let rules = Rules { since: FIRST, stale_before: NOW + 1, overlap: OVERLAP };
    let open = [NOW - 20 * DAY, NOW - 10 * DAY];
    let recent = coverage.next(&rules, now, span, &open).unwrap();
    assert_eq!(recent, TimeRange { start: now - OVERLAP, end: now });
    coverage.read(recent, now);
    for start in open {
        let range = coverage.next(&rules, now, span, &open).unwrap();
        assert_eq!(range, TimeRange { start, end: start + 1 });
        coverage.read(range, now);
    }
    assert_eq!(coverage.next(&rules, now, span, &open), None);
}

#[test]
fn nothing_before_the_first_day_is_read() {
    let mut model = Model::new((NOW - 100 * DAY..NOW).step_by(DAY as usize));
    let rules = Rules { since: NOW - 10 * DAY, ..once(NOW) };
    let (mut coverage, mut span) = (Coverage::default(), new_span());
    model.read_all(&mut coverage, &mut span, &rules, NOW);
    assert_eq!(model.requests.last().unwrap().start, NOW - 10 * DAY);
    // An earlier first day reads only what is missing.
    model.requests.clear();
    let rules = Rules { since: NOW - 20 * DAY, ..rules };
    model.read_all(&mut coverage, &mut span, &rules, NOW);
    assert_eq!(model.requests.first().unwrap().end, NOW - 10 * DAY);
    assert_eq!(model.reads.values().sum::<u64>(), 20);
}

/// The starts of sessions of 24 years, by day alone.
fn days_of_years() -> Vec<i64> {
    let by_day = |start: &i64| (8 * HOUR..18 * HOUR).contains(&start.rem_euclid(DAY));
    (NOW - 24 * 365 * DAY..NOW).step_by(20_011).filter(by_day).collect()
}

#[test]
fn a_history_of_many_years_needs_few_requests_more_if_the_source_fails_by_chance() {
    let ideal = requests_without_failures(&days_of_years());
    for luck in 0..8 {
        let mut model = Model { luck: Some(luck), ..Model::new(days_of_years()) };
        model.read_new();
        let requests = model.requests.len();
        assert!(requests <= 2 * ideal, "{requests} requests, without failures {ideal}");
    }
}

#[test]
fn a_history_of_many_years_needs_few_requests_more_if_the_source_has_a_limit() {
    for limit in [20, 60, 99] {
        let mut model = Model { limit: Some(limit), ..Model::new(days_of_years()) };
        model.read_new();
        let (requests, ideal) = (model.requests.len(), model.reads.len() / limit);
        assert!(requests <= 2 * ideal, "{requests} requests, at best {ideal}");
    }
}
