//! Times as microseconds since the Unix epoch, by the calendar's own arithmetic.

/// One second.
pub const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400;

/// The year, month, day, hour, minute and second in which a time lies.
pub fn civil(micros: i64) -> [i64; 6] {
    let seconds = micros.div_euclid(SECOND);
    let (days, clock) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // Years begin in March here, so that the leap day ends them.
    let from_zero = days + 719_468;
    let (era, day_of_era) = (from_zero.div_euclid(146_097), from_zero.rem_euclid(146_097));
    let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    [year, month, day, clock / 3_600, clock / 60 % 60, clock % 60]
}

/// The start of the second with these parts.
pub fn micros([year, month, day, hour, minute, second]: [i64; 6]) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    (days * DAY + hour * 3_600 + minute * 60 + second) * SECOND
}

/// `2011-01-03 09:15:02`, a fraction cut off.
pub fn legacy(micros: i64) -> String {
    let [year, month, day, hour, minute, second] = civil(micros);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// A time as RFC 3339 writes it `offset` minutes east of Greenwich, with the fraction's digits.
pub fn rfc3339(micros: i64, offset: i64, fraction: &str) -> String {
    let local = legacy(micros + offset * 60 * SECOND).replace(' ', "T");
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if offset < 0 { '-' } else { '+' };
    let zone = match offset.abs() {
        0 => "Z".to_owned(),
        minutes => format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60),
    };
    format!("{local}{point}{fraction}{zone}")
}

/// The time that [`rfc3339`] wrote, to the microsecond.
pub fn read_rfc3339(text: &str) -> i64 {
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    let parts = [number(0..4), number(5..7), number(8..10), number(11..13), number(14..16)];
    let [year, month, day, hour, minute] = parts;
    let rest = &text[19..];
    let zone = rest.find(['Z', '+', '-']).unwrap();
    let digits = format!("{:0<6}", rest[..zone].trim_start_matches('.'));
    let fraction: i64 = digits[..6].parse().unwrap();
    let offset = match &rest[zone..] {
        "Z" => 0,
        zone => {
            let minutes: i64 =
                zone[1..3].parse::<i64>().unwrap() * 60 + zone[4..6].parse::<i64>().unwrap();
            if zone.starts_with('-') { -minutes } else { minutes }
        }
    };
    micros([year, month, day, hour, minute, number(17..19)]) + fraction - offset * 60 * SECOND
}

#[test]
fn the_calendar_of_the_model_is_the_common_one() {
    for (micros, text) in [
        (0, "1970-01-01 00:00:00"),
        (-1, "1969-12-31 23:59:59"),
        (951_782_400 * SECOND, "2000-02-29 00:00:00"),
        (1_294_046_102 * SECOND + 999_999, "2011-01-03 09:15:02"),
        (-62_135_596_800 * SECOND, "0001-01-01 00:00:00"),
        (253_402_300_799 * SECOND, "9999-12-31 23:59:59"),
    ] {
        assert_eq!(legacy(micros), text);
        assert_eq!(self::micros(civil(micros)), micros.div_euclid(SECOND) * SECOND);
    }
    assert_eq!(read_rfc3339("2011-01-03T10:15:02.1234567+01:00"), 1_294_046_102_123_456);
}
