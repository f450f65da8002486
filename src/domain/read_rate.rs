//! How fast a client must read a long answer.

use std::{num::NonZeroU32, time::Duration};

/// The bytes that a client or its system can take at once, after a pause.
const BURST: u32 = 256 * 1024;

/// The minimum rate at which a client reads a long answer.
#[derive(Clone, Copy, Debug)]
pub struct ReadRate {
    /// In bytes a second.
    rate: NonZeroU32,
    /// How far a client can fall behind.
    longest: Duration,
}

/// The time that a client has for the next part of an answer. It passes while the client is waited for, and
/// each byte that the client takes adds to it.
#[derive(Clone, Copy, Debug)]
pub struct ReadTime {
    rate: ReadRate,
    rest: Duration,
}

impl ReadRate {
    /// A rate in bytes a second, which a client may fall behind by some seconds.
    pub fn new(rate: NonZeroU32, seconds: u32) -> Self {
        let burst = Duration::from_secs(BURST.into()) / rate.get();
        Self { rate, longest: Duration::from_secs(seconds.into()).max(burst) }
    }

    /// The time of a client that has not read anything.
    pub fn start(self) -> ReadTime {
        ReadTime { rate: self, rest: self.longest }
    }
}

impl ReadTime {
    /// How long to wait for the client now.
    pub fn rest(&self) -> Duration {
        self.rest
    }

    /// The client took bytes after it was waited for.
    pub fn took(&mut self, bytes: usize, waited: Duration) {
        let nanos = (bytes as u64).saturating_mul(1_000_000_000) / u64::from(self.rate.rate.get());
        let gained = Duration::from_nanos(nanos);
        self.rest = (self.rest.saturating_sub(waited) + gained).min(self.rate.longest);
    }
}

#[cfg(test)]
mod tests {
    use std::{num::NonZeroU32, time::Duration};

    use super::ReadRate;

    fn rate(rate: u32, seconds: u32) -> ReadRate {
        ReadRate::new(NonZeroU32::new(rate).unwrap(), seconds)
    }

    /// How long a client is served that takes a part of `bytes` every `millis`, up to an hour.
    fn served(rate: ReadRate, bytes: usize, millis: u64) -> Option<u64> {
        let (mut time, step) = (rate.start(), Duration::from_millis(millis));
        for part in 0..3_600_000 / millis {
            if time.rest() < step {
                return Some(part * millis / 1000);
            }
            time.took(bytes, step);
        }
        None
    }

    #[test]
    fn a_client_that_falls_behind_is_cut_and_one_at_the_rate_is_not() {
        let rate = rate(10_000, 60);
        for (bytes, millis, expected) in [
            (0, 1_000, Some(60)),
            (1_000, 1_000, Some(66)),
            (5_000, 1_000, Some(119)),
            (9_000, 1_000, Some(591)),
            (10_000, 1_000, None),
            (65_536, 6_500, None),
            (300_000, 1_000, None),
            // A pause after every part of a file, and one that is too long.
            (1_000_000, 55_000, None),
            (1_000_000, 61_000, Some(0)),
        ] {
            assert_eq!(served(rate, bytes, millis), expected, "{bytes} in {millis} ms");
        }
    }

    #[test]
    fn a_low_rate_gives_time_for_what_a_system_takes_at_once() {
        assert_eq!(served(rate(10_000, 1), 131_072, 13_000), None);
        assert_eq!(served(rate(1, 1), 0, 60_000), None);
    }
}
