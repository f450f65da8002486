//! Writing points in time.

use std::fmt;

use super::Timestamp;

/// The microseconds of a second.
const MICROS: i64 = 1_000_000;
/// The days from 1 March of the year 0 to the Unix epoch.
const DAYS_TO_EPOCH: i64 = 719_468;

impl Timestamp {
    /// `2011-01-03T09:15:02Z`, with a fraction only where there is one.
    pub fn rfc3339(self) -> String {
        let mut text = Vec::with_capacity(27);
        self.write_rfc3339(&mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    /// Writes what [`Self::rfc3339`] answers.
    pub fn write_rfc3339(self, out: &mut Vec<u8>) {
        self.write_seconds(b'T', out);
        let fraction = self.0.rem_euclid(MICROS);
        if fraction != 0 {
            out.push(b'.');
            out.extend_from_slice(&digits::<6>(fraction as u32));
            let zeros = out.iter().rev().take_while(|digit| **digit == b'0').count();
            out.truncate(out.len() - zeros);
        }
        out.push(b'Z');
    }

    /// `2011-01-03 09:15:02`; a fraction of a second is cut off.
    pub fn civil(self) -> String {
        let mut text = Vec::with_capacity(19);
        self.write_seconds(b' ', &mut text);
        String::from_utf8(text).unwrap_or_default()
    }

    /// Writes the date, a separator and the time in whole seconds, of the time zone with this offset. A
    /// time that the offset moves out of the years 1 to 9999 is written without it.
    pub fn write_local(self, offset_seconds: i32, separator: u8, out: &mut Vec<u8>) {
        let local = Self::from_micros(self.0 + i64::from(offset_seconds) * MICROS);
        local.unwrap_or(self).write_seconds(separator, out);
    }

    /// Writes the date, a separator, and the time in whole seconds.
    fn write_seconds(self, separator: u8, out: &mut Vec<u8>) {
        // Not negative: the first time is in the year 1.
        let micros = (self.0 + DAYS_TO_EPOCH * 86_400 * MICROS) as u64;
        let seconds = micros / MICROS as u64;
        let (year, month, day) = date((seconds / 86_400) as u32);
        let seconds = (seconds % 86_400) as u32;
        let [y1, y2, y3, y4] = digits(year);
        let ([m1, m2], [d1, d2]) = (digits(month), digits(day));
        let ([h1, h2], [n1, n2], [s1, s2]) =
            (digits(seconds / 3_600), digits(seconds / 60 % 60), digits(seconds % 60));
        out.extend_from_slice(&[
            y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, separator, h1, h2, b':', n1, n2, b':', s1,
            s2,
        ]);
    }
}

impl fmt::Display for Timestamp {
    /// `2011-01-03T09:15:02Z`, with a fraction only where there is one.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.rfc3339())
    }
}

/// The last `N` digits of a number.
fn digits<const N: usize>(mut rest: u32) -> [u8; N] {
    let mut text = [b'0'; N];
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    text
}

/// A day of the calendar, from days since 1 March of the year 0, as year, month and day.
///
/// Written out since it is the better part of writing an answer's times; a test holds it equal to
/// the library's. The years begin in March, so that the leap day is a year's last.
fn date(days: u32) -> (u32, u32, u32) {
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u32::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::super::{EPOCH, FIRST, LAST, Timestamp};

    #[test]
    fn times_are_written_as_the_library_writes_them() {
        let step = LAST / 20_011 * 2;
        for n in 0..30_000_i64 {
            let micros = FIRST.saturating_add(n.saturating_mul(step / 3));
            for micros in
                [micros, micros - micros.rem_euclid(86_400_000_000), micros / 1_000 * 1_000]
            {
                let Some(time) = Timestamp::from_micros(micros) else { continue };
                let since = jiff::SignedDuration::from_micros(micros);
                let civil = EPOCH.checked_add(since).unwrap();
                assert_eq!(time.to_string(), format!("{civil}Z"));
            }
        }
    }
}
