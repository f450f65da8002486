//! Times as microseconds since the Unix epoch in UTC, and as text.

const DAY: i64 = 86_400_000_000;

/// A civil date and time of day, UTC.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    seconds: i64,
    micros: i64,
}

impl Civil {
    fn of(micros: i64) -> Self {
        // Days are counted from 1 March of year 0, so that the leap day ends a year.
        let days = micros.div_euclid(DAY) + 719_468;
        let of_day = micros.rem_euclid(DAY);
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year + era * 400 + i64::from(month <= 2);
        Self { year, month, day, seconds: of_day / 1_000_000, micros: of_day % 1_000_000 }
    }

    /// The 19 characters of date and time of day, with this one in between.
    fn write(&self, between: u8) -> [u8; 19] {
        let mut out = *b"0000-00-00 00:00:00";
        out[10] = between;
        let Self { year, month, day, seconds, .. } = self;
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        for (at, number) in [
            (0, year / 100),
            (2, year % 100),
            (5, *month),
            (8, *day),
            (11, hour),
            (14, minute),
            (17, second),
        ] {
            let number = u8::try_from(number).unwrap_or(0);
            out[at] = b'0' + number / 10;
            out[at + 1] = b'0' + number % 10;
        }
        out
    }
}

/// A time as text, without an allocation.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    bytes: [u8; 27],
    length: usize,
}

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        // Digits and signs are UTF-8.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// `2011-01-03T09:15:02Z`, with a fraction only where there is one.
pub fn rfc3339(micros: i64) -> Text {
    let civil = Civil::of(micros);
    let mut bytes = [b'0'; 27];
    bytes[..19].copy_from_slice(&civil.write(b'T'));
    let mut length = 19;
    if civil.micros > 0 {
        bytes[19] = b'.';
        let mut rest = civil.micros;
        for place in (20..26).rev() {
            bytes[place] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        length = 26;
        while bytes[length - 1] == b'0' {
            length -= 1;
        }
    }
    bytes[length] = b'Z';
    Text { bytes, length: length + 1 }
}

/// `2011-01-03 09:15:02`; a fraction is cut off.
pub fn civil(micros: i64) -> Text {
    let mut bytes = [b'0'; 27];
    bytes[..19].copy_from_slice(&Civil::of(micros).write(b' '));
    Text { bytes, length: 19 }
}

/// Reads what [`rfc3339`] and [`civil`] write, without a fraction.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    if text.len() != 19 || !text.is_ascii() {
        return None;
    }
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?;
    Some(days * DAY + seconds * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{civil, parse, rfc3339};

    #[test]
    fn times_are_written_and_read_back() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00Z"),
            (1_294_046_102_000_000, "2011-01-03T09:15:02Z"),
            (-1_000_000, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(micros).as_str(), text);
            assert_eq!(parse(text), Some(micros));
            assert_eq!(parse(civil(micros).as_str()), Some(micros));
        }
        assert_eq!(rfc3339(1_500_000).as_str(), "1970-01-01T00:00:01.5Z");
    }
}
