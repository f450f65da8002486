//! Reading points in time: RFC 3339, and the legacy URL's dates.

use jiff::{SignedDuration, civil};

use super::{EPOCH, FIRST, LAST, TimeError, Timestamp};

impl Timestamp {
    /// Reads an RFC 3339 time with its offset. Digits finer than a microsecond are cut off, and a
    /// leap second is the second before it.
    ///
    /// # Errors
    /// When the text is not such a time, or is outside the years 1 to 9999.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        let (local, offset_seconds) = rfc3339_parts(text).ok_or(TimeError::NotRfc3339)?;
        let since_epoch = local.duration_since(EPOCH) - SignedDuration::from_secs(offset_seconds);
        Self::from_duration(since_epoch).ok_or(TimeError::OutOfRange)
    }

    /// Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:MM` or `YYYY-MM-DD HH:MM:SS`, in UTC.
    ///
    /// A `T` may stand for the space and a `/` for each `-`, and the parts may lack leading zeros. A
    /// fraction of a second is cut off. A `Z` or an offset such as `+01:00` may follow; a URL may
    /// have turned its `+` into a space. What an offset moves out of the years 1 to 9999 becomes
    /// the first or last second of them.
    pub fn parse_civil(text: &str) -> Option<Self> {
        Self::parse_civil_in(text, 0)
    }

    /// Reads what [`Self::parse_civil`] reads. A time without an offset has this one, in seconds east of
    /// UTC.
    pub fn parse_civil_in(text: &str, offset_seconds: i32) -> Option<Self> {
        let default = i64::from(offset_seconds);
        let (date, rest) = split_while(text.trim(), |it| matches!(it, b'0'..=b'9' | b'-' | b'/'));
        let separator = date.as_bytes().get(4).copied().filter(|it| matches!(it, b'-' | b'/'))?;
        let [year, month, day] = numbers(date, separator)?;
        let ([hour, minute, second], offset) = match rest {
            "" => ([0; 3], default),
            "Z" | "z" => ([0; 3], 0),
            _ => {
                let separator = |c: char| c.is_whitespace() || matches!(c, 'T' | 't');
                clock_parts(rest.strip_prefix(separator)?.trim_start(), default)?
            }
        };
        let narrow = |number: i16| i8::try_from(number).ok();
        let (month, day) = (narrow(month)?, narrow(day)?);
        let civil = civil::DateTime::new(
            year,
            month,
            day,
            narrow(hour)?,
            narrow(minute)?,
            narrow(second)?,
            0,
        );
        let civil = civil.ok().filter(|_| year > 0)?;
        let micros = civil.duration_since(EPOCH).as_secs() * 1_000_000;
        Some(Self((micros - offset * 1_000_000).clamp(FIRST, LAST - 999_999)))
    }
}

/// The local time and the offset, in seconds, of an RFC 3339 time.
fn rfc3339_parts(text: &str) -> Option<(civil::DateTime, i64)> {
    let (date, time) = (text.get(..10)?, text.get(11..)?);
    let zone = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at(zone);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let padded = date.len() == 10 && clock.len() == 8;
    if !padded || !matches!(text.get(10..11), Some("T" | "t")) || !digits(fraction) {
        return None;
    }
    let ([year, month, day], [hour, minute, second]) =
        (fixed(date, b'-', [4, 2, 2])?, fixed(clock, b':', [2, 2, 2])?);
    let nanoseconds: i32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let narrow = |number: i16| i8::try_from(number).ok();
    let local = civil::DateTime::new(
        year,
        narrow(month)?,
        narrow(day)?,
        narrow(hour)?,
        narrow(minute)?,
        narrow(second)?.min(if second == 60 { 59 } else { i8::MAX }),
        nanoseconds,
    )
    .ok()?;
    let offset = match zone.split_at(1) {
        ("Z" | "z", "") => 0,
        (sign @ ("+" | "-"), offset) => {
            let [hours, minutes] = fixed(offset, b':', [2, 2])?;
            let seconds = i64::from(hours) * 3_600 + i64::from(minutes) * 60;
            (hours < 24 && minutes < 60).then_some(if sign == "+" { seconds } else { -seconds })?
        }
        _ => return None,
    };
    // A leap second is the last second of a day in UTC.
    let utc = local.duration_since(EPOCH).as_secs() - offset;
    (second < 60 || utc.rem_euclid(86_400) == 86_399).then_some((local, offset))
}

/// Numbers between `separator`s, each in its number of digits.
fn fixed<const N: usize>(text: &str, separator: u8, lengths: [usize; N]) -> Option<[i16; N]> {
    let fits = text.split(char::from(separator)).map(str::len).eq(lengths);
    fits.then(|| numbers(text, separator)).flatten()
}

/// Hour, minute and second, and the offset from UTC in seconds, by default this one.
fn clock_parts(text: &str, default: i64) -> Option<([i16; 3], i64)> {
    let (clock, rest) = split_while(text, |byte| matches!(byte, b'0'..=b'9' | b':'));
    let fraction = rest.strip_prefix(['.', ',']);
    let zone = match fraction.map(|text| split_while(text, |byte| byte.is_ascii_digit())) {
        None => rest,
        Some(("", _)) => return None,
        Some((_, zone)) => zone,
    };
    let parts = match numbers(clock, b':') {
        None if fraction.is_none() => numbers(clock, b':').map(|[hour, minute]| [hour, minute, 0]),
        parts => parts,
    };
    let offset = if zone.trim_start().is_empty() { default } else { offset(zone)? };
    Some((parts?, offset))
}

/// Seconds east of UTC: `Z`, `+01:00`, `+0100` or `+01`, with a space in front or in place
/// of the `+`.
fn offset(text: &str) -> Option<i64> {
    let zone = text.trim_start();
    let (sign, digits) = match zone.as_bytes() {
        [b'Z' | b'z'] => return Some(0),
        [b'+', ..] => (1, &zone[1..]),
        [b'-', ..] => (-1, &zone[1..]),
        _ if zone.len() < text.len() => (1, zone),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "0"),
    };
    let [hours] = numbers(hours, b':')?;
    let [minutes] = numbers(minutes, b':')?;
    let valid = hours < 24 && minutes < 60;
    valid.then_some(sign * (i64::from(hours) * 3_600 + i64::from(minutes) * 60))
}

/// Splits a text before the first byte that is not accepted. Only ASCII characters are accepted.
fn split_while(text: &str, accepted: impl Fn(u8) -> bool) -> (&str, &str) {
    text.split_at(text.bytes().position(|byte| !accepted(byte)).unwrap_or(text.len()))
}

/// Exactly `N` unsigned numbers of one to four digits between `separator`s. The bytes are read one by
/// one: searching each separator of such a short text takes longer.
fn numbers<const N: usize>(text: &str, separator: u8) -> Option<[i16; N]> {
    let mut found = [0; N];
    let mut rest = text.as_bytes();
    for (index, number) in found.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix(&[separator])?;
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=4).contains(&digits) {
            return None;
        }
        let (part, after) = rest.split_at(digits);
        *number = part.iter().fold(0, |number, digit| number * 10 + i16::from(digit - b'0'));
        rest = after;
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::super::{FIRST, LAST, TimeError, Timestamp};

    fn civil(text: &str) -> Option<String> {
        Timestamp::parse_civil(text).map(Timestamp::rfc3339)
    }

    #[test]
    fn legacy_dates_may_lack_a_time_seconds_or_leading_zeros() {
        assert_eq!(civil("2011-01-03").as_deref(), Some("2011-01-03T00:00:00Z"));
        assert_eq!(civil("2011-1-3 9:05").as_deref(), Some("2011-01-03T09:05:00Z"));
        assert_eq!(civil("2011-01-03T09:15:02Z").as_deref(), Some("2011-01-03T09:15:02Z"));
        assert_eq!(civil(" 2011-01-03  09:15:02 ").as_deref(), Some("2011-01-03T09:15:02Z"));
    }

    #[test]
    fn legacy_dates_may_have_fractions_and_offsets() {
        for text in [
            "2011-01-03 09:15:02.999",
            "2011-01-03T09:15:02.9999999Z",
            "2011-01-03T10:15:02+01:00",
            "2011-01-03 10:15:02 01:00",
            "2011-01-03 10:15:02 +0100",
            "2011-01-03T04:45:02.5-0430",
            "2011-01-03T08:15:02-01",
            "2011/1/3 9:15:02 Z",
        ] {
            assert_eq!(civil(text).as_deref(), Some("2011-01-03T09:15:02Z"), "{text}");
        }
        assert_eq!(civil("2011-01-03 10:15+01:00").as_deref(), Some("2011-01-03T09:15:00Z"));
        assert_eq!(civil("0001-01-01T00:00:00+01:00").as_deref(), Some("0001-01-01T00:00:00Z"));
        let last = civil("9999-12-31T23:59:59.9999999-05:00");
        assert_eq!(last.as_deref(), Some("9999-12-31T23:59:59Z"));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2011",
            "2011-02-30",
            "2011-01-03 24:00",
            "11-01-03",
            "2011-01-03 09",
            "0000-01-01",
            "2011-01-03 1:2:3:4",
            "2011-01-03 09:15:02+24:00",
            "2011-01-03 09:15:02+01:60",
            "2011-01-03 09:15:02 x",
            "2011-01-03 09:15:02.",
            "2011-01-03 09:15.5",
            "2011-01-03 09:15:02.5.5",
            "2011-01-03 +01:00",
            "2011/01-03",
            "-2011-01-03",
            "2011-01-03 09:15:-2",
            "2011-01-03T",
            "２011-01-03",
        ] {
            assert_eq!(civil(text), None, "{text}");
        }
    }

    #[test]
    fn the_years_1_to_9999_are_there_to_their_last_microsecond() {
        for (micros, rfc3339, date) in [
            (FIRST, "0001-01-01T00:00:00Z", "0001-01-01 00:00:00"),
            (LAST, "9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59"),
        ] {
            let time = Timestamp::from_micros(micros).unwrap();
            assert_eq!((time.rfc3339().as_str(), time.civil().as_str()), (rfc3339, date));
            assert_eq!(Timestamp::parse_rfc3339(rfc3339), Ok(time));
        }
        assert_eq!(civil("9999-12-31 23:59:59").as_deref(), Some("9999-12-31T23:59:59Z"));
        for text in [
            "9999-12-31T23:59:59-01:00",
            "0001-01-01T00:00:00+01:00",
            "0000-01-01T00:00:00Z",
            "0000-12-31T23:59:59.9Z",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text), Err(TimeError::OutOfRange), "{text}");
        }
        assert!(Timestamp::parse_rfc3339("0000-12-31T23:59:59-00:01").is_ok());
    }

    #[test]
    fn rfc3339_keeps_microseconds_and_needs_an_offset() {
        let read = |text| Timestamp::parse_rfc3339(text).map(Timestamp::rfc3339);
        for (text, utc) in [
            ("2011-01-03T10:15:02.1234567+01:00", "2011-01-03T09:15:02.123456Z"),
            ("2011-01-03t10:15:02.999999999999z", "2011-01-03T10:15:02.999999Z"),
            ("2011-01-03T10:15:02-23:59", "2011-01-04T10:14:02Z"),
            ("2011-01-03T10:15:02+23:59", "2011-01-02T10:16:02Z"),
            ("2011-01-03T10:15:02-00:00", "2011-01-03T10:15:02Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("2017-01-01T05:29:60.5+05:30", "2016-12-31T23:59:59.5Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(utc));
        }
        for text in [
            "",
            "2011-01-03T10:15:02",
            "2011-01-03",
            "yesterday",
            "2011-01-03 10:15:02Z",
            "2011-01-03T10:15:02[UTC]",
            "2011-01-03T10:15:02Z[UTC]",
            "12011-01-03T10:15:02Z",
            "-2011-01-03T10:15:02Z",
            "2011-13-03T10:15:02Z",
            "2011-02-29T10:15:02Z",
            "2011-1-03T10:15:02Z",
            "2011-01-03T24:00:00Z",
            "2011-01-03T10:15:61Z",
            "2011-01-03T10:15:60Z",
            "2016-12-31T23:59:60+01:00",
            "2011-01-03T10:15Z",
            "2011-01-03T10:15+01:00",
            "2011-01-03T101502+01:00",
            "2011-01-03T10:15:02.Z",
            "2011-01-03T10:15:02,5Z",
            "2011-01-03T10:15:02+24:00",
            "2011-01-03T10:15:02-24:00",
            "2011-01-03T10:15:02+25:59",
            "2011-01-03T10:15:02+01:60",
            "2011-01-03T10:15:02+01",
            "2011-01-03T10:15:02+0100",
            "2011-01-03T10:15:02+1:00",
            "2011-01-03T10:15:02+01:00:00",
            "2011-01-03T10:15:02ZZ",
            "2011-01-03T10:15:02 Z",
            "２011-01-03T10:15:02Z",
        ] {
            assert_eq!(read(text), Err(TimeError::NotRfc3339), "{text}");
        }
    }
}
