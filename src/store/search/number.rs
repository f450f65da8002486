//! The numbers of the words of sessions in an SQLite file. Numbers follow the starts of sessions, so that the
//! index, which has its rows by number, finds the sessions of a page in their order.

/// Sessions that start in the same second have different numbers with this number of free bits. The
/// seconds of the years 1 to 9999 take 39 bits.
pub(in crate::store) const FREE_BITS: u32 = 24;

/// The first number of the second of a start, which is in microseconds.
pub(in crate::store) fn first_number(started_at: i64) -> i64 {
    started_at.div_euclid(1_000_000) << FREE_BITS
}

/// The last number of the second of a number.
pub(in crate::store) fn last_number(number: i64) -> i64 {
    number | ((1 << FREE_BITS) - 1)
}

#[cfg(test)]
mod tests {
    use super::{first_number, last_number};
    use crate::domain::time::Timestamp;
    #[test]
    fn numbers_follow_the_seconds_of_all_years() {
        let last = Timestamp::parse_civil("9999-12-31").unwrap().micros() + 86_399_999_999;
        let seconds = [Timestamp::MIN.micros(), -1_000_001, -1_000_000, 0, 1_000_000, last];
        let numbers = seconds.map(first_number);
        for pair in numbers.windows(2) {
            assert!(last_number(pair[0]) < pair[1], "{pair:?}");
        }
        assert_eq!(last_number(numbers[5]) - numbers[5], 16_777_215);
        assert_eq!(first_number(-1), numbers[2]);
        assert_eq!(first_number(999_999), numbers[3]);
    }
}
