//! Whether the gateway uses more and more.

use std::fmt;

/// After this number of minutes nothing may grow.
pub(crate) const WARM_UP: usize = 10;
/// The number of minutes that are compared, at the end of the warm-up and at the end.
const COMPARED: usize = 5;
/// How much more the gateway may use at the end. Exports in progress differ between minutes.
const MEMORY_MIB: f64 = 16.0;
const DESCRIPTORS: f64 = 16.0;
const THREADS: f64 = 4.0;

/// What the gateway uses.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Memory in MiB, with pages of files.
    pub(crate) resident: f64,
    /// Memory in MiB, without pages of files.
    pub(crate) anonymous: f64,
    pub(crate) descriptors: f64,
    pub(crate) threads: f64,
}

/// Something that has grown.
#[derive(Debug, PartialEq)]
pub(crate) struct Growth {
    what: &'static str,
    before: f64,
    after: f64,
    limit: f64,
}

impl Usage {
    /// The median of each figure.
    pub(crate) fn median(of: &[Self]) -> Self {
        let median = |figure: fn(&Self) -> f64| {
            let mut figures: Vec<f64> = of.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures.get(figures.len() / 2).copied().unwrap_or_default()
        };
        Self {
            resident: median(|it| it.resident),
            anonymous: median(|it| it.anonymous),
            descriptors: median(|it| it.descriptors),
            threads: median(|it| it.threads),
        }
    }
}

/// Compares the last minutes with those before the end of the warm-up. None if there are too few minutes.
pub(crate) fn growth(minutes: &[Usage]) -> Option<Vec<Growth>> {
    let before = minutes.get(WARM_UP - COMPARED..WARM_UP)?;
    let after = minutes.get(WARM_UP..)?;
    let after = after.get(after.len().checked_sub(COMPARED)?..)?;
    let (before, after) = (Usage::median(before), Usage::median(after));
    let compared = [
        ("memory (MiB)", before.anonymous, after.anonymous, MEMORY_MIB),
        ("descriptors", before.descriptors, after.descriptors, DESCRIPTORS),
        ("threads", before.threads, after.threads, THREADS),
    ];
    let grown = compared.into_iter().filter(|(_, before, after, limit)| after - before > *limit);
    let grown = grown.map(|(what, before, after, limit)| Growth { what, before, after, limit });
    Some(grown.collect())
}

impl fmt::Display for Growth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, before, after, limit } = self;
        write!(formatter, "{what} grew from {before:.1} to {after:.1}; the limit is {limit} more")
    }
}

#[cfg(test)]
mod tests {
    use super::{Growth, Usage, growth};

    fn minutes(anonymous: impl Fn(usize) -> f64, count: usize) -> Vec<Usage> {
        (0..count)
            .map(|minute| Usage { anonymous: anonymous(minute), ..Usage::default() })
            .collect()
    }

    #[test]
    fn growth_before_the_end_of_the_warm_up_is_none() {
        assert_eq!(growth(&minutes(|minute| minute.min(5) as f64 * 20.0, 60)), Some(vec![]));
        assert_eq!(growth(&minutes(|_| 50.0, 14)), None);
    }

    #[test]
    fn steady_growth_is_found_and_one_high_minute_is_not() {
        let found = growth(&minutes(|minute| minute as f64, 60)).unwrap();
        let expected = Growth { what: "memory (MiB)", before: 7.0, after: 57.0, limit: 16.0 };
        assert_eq!(found, [expected]);
        assert_eq!(
            growth(&minutes(|minute| if minute == 58 { 90.0 } else { 50.0 }, 60)),
            Some(vec![])
        );
    }
}
