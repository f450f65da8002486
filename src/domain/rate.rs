//! A rate limit: so much a second, and twice as much at once.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// What a caller may use, in units such as requests. A bucket of twice the rate is full at the start,
/// fills with the rate, and is emptied by what is used.
///
/// One number says when the bucket will be full again (the generic cell rate algorithm), so its level
/// is not updated while it is not used.
#[derive(Debug)]
pub struct RateBucket {
    per_second: u32,
    /// In nanoseconds on the clock of the caller.
    full_at: AtomicU64,
}

/// What a bucket has at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketLevel {
    /// What can be used now.
    pub remaining: u64,
    /// The time until the bucket is full.
    pub full_in: Duration,
}

impl RateBucket {
    /// The time in which an empty bucket is full.
    pub const WINDOW: Duration = Duration::from_secs(2);

    /// A full bucket.
    pub fn new(per_second: u32) -> Self {
        Self { per_second: per_second.max(1), full_at: AtomicU64::new(0) }
    }

    /// What a full bucket has.
    pub fn size(&self) -> u64 {
        u64::from(self.per_second) * Self::WINDOW.as_secs()
    }

    /// Uses units at a moment, which is a time since any fixed moment. More than a full bucket has counts
    /// as a full bucket.
    ///
    /// # Errors
    /// When the bucket has less. The error is the time after which it has enough if nothing else uses it.
    pub fn take(&self, units: u64, now: Duration) -> Result<(), Duration> {
        let (now, window) = (nanos(now), nanos(Self::WINDOW));
        let price = units.min(self.size()) * NANOS_PER_SECOND / u64::from(self.per_second);
        let mut refused = 0;
        let taken = self.full_at.fetch_update(Relaxed, Relaxed, |full_at| {
            let next = full_at.max(now) + price;
            refused = next.saturating_sub(now + window);
            (refused == 0).then_some(next)
        });
        taken.map(drop).map_err(|_| Duration::from_nanos(refused))
    }

    /// What the bucket has at a moment.
    pub fn level(&self, now: Duration) -> BucketLevel {
        let full_in = self.full_at.load(Relaxed).saturating_sub(nanos(now));
        let filled = nanos(Self::WINDOW).saturating_sub(full_in);
        let remaining = u128::from(filled) * u128::from(self.per_second);
        BucketLevel {
            remaining: (remaining / u128::from(NANOS_PER_SECOND)) as u64,
            full_in: Duration::from_nanos(full_in),
        }
    }
}

fn nanos(time: Duration) -> u64 {
    time.as_nanos() as u64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::RateBucket;

    const fn millis(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    #[test]
    fn a_bucket_has_twice_the_rate_and_fills_with_the_rate() {
        let bucket = RateBucket::new(10);
        let at = |now| (0..).take_while(|_| bucket.take(1, millis(now)).is_ok()).count();
        assert_eq!([5_000, 5_000, 5_100, 5_250, 6_250, 60_000].map(at), [20, 0, 1, 1, 10, 20]);
        assert_eq!(bucket.take(1, millis(60_000)), Err(millis(100)));
        assert_eq!(bucket.take(3, millis(60_000)), Err(millis(300)));
        assert_eq!(bucket.take(3, millis(60_300)), Ok(()));
    }

    #[test]
    fn a_refused_request_uses_nothing() {
        let bucket = RateBucket::new(2);
        assert_eq!(bucket.take(3, millis(0)), Ok(()));
        for _ in 0..100 {
            assert_eq!(bucket.take(2, millis(0)), Err(millis(500)));
        }
        assert_eq!(bucket.take(1, millis(0)), Ok(()));
    }

    #[test]
    fn what_is_larger_than_the_bucket_empties_it() {
        for rate in [1, 7, 50_000, u32::MAX] {
            let bucket = RateBucket::new(rate);
            assert_eq!(bucket.take(u64::MAX, millis(1_000)), Ok(()), "{rate}");
            assert_eq!(bucket.level(millis(1_000)).remaining, 0, "{rate}");
            assert!(bucket.take(u64::MAX, millis(2_999)).is_err(), "{rate}");
            assert_eq!(bucket.take(u64::MAX, millis(3_000)), Ok(()), "{rate}");
        }
    }

    #[test]
    fn the_level_is_what_can_be_used() {
        let bucket = RateBucket::new(100);
        assert_eq!(bucket.level(millis(0)).remaining, 200);
        bucket.take(150, millis(0)).unwrap();
        let level = bucket.level(millis(100));
        assert_eq!((level.remaining, level.full_in), (60, millis(1_400)));
        assert!(bucket.take(61, millis(100)).is_err() && bucket.take(60, millis(100)).is_ok());
    }
}
