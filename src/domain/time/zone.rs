//! Time zones, from the time-zone database that is a part of the program.

use std::sync::LazyLock;

use jiff::{
    Timestamp as Instant,
    tz::{TimeZone, TimeZoneDatabase},
};

use super::Timestamp;

/// The database of the program. That of the system may differ from host to host.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone of the IANA database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A range of time in which a zone has one offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetSegment {
    /// The beginning, in microseconds since the Unix epoch.
    pub start: i64,
    /// The local time minus UTC, in microseconds.
    pub offset: i64,
}

/// There is no zone with this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time zone has a name of the IANA database, such as Europe/Lisbon")]
pub struct UnknownZone;

impl Zone {
    /// The zone with this name, in any letter case.
    ///
    /// # Errors
    /// When there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        let zone = DATABASE.get(name).map_err(|_| UnknownZone)?;
        if zone.is_unknown() { Err(UnknownZone) } else { Ok(Self(zone)) }
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The offsets in a range of time, each with the beginning of its segment. The first segment also has
    /// all times before the range.
    pub fn segments(&self, from: i64, to: i64) -> Vec<OffsetSegment> {
        let (first, last) = (instant(from), instant(to));
        let offset = i64::from(self.0.to_offset(first).seconds()) * SECOND;
        let mut segments = vec![OffsetSegment { start: i64::MIN, offset }];
        for transition in self.0.following(first) {
            if transition.timestamp() > last {
                break;
            }
            let offset = i64::from(transition.offset().seconds()) * SECOND;
            if segments.last().is_none_or(|segment| segment.offset != offset) {
                let start = transition.timestamp().as_microsecond();
                segments.push(OffsetSegment { start, offset });
            }
        }
        segments
    }
}

const SECOND: i64 = 1_000_000;

/// The library's time, which ends a day before the last [`Timestamp`].
fn instant(micros: i64) -> Instant {
    let micros = micros.clamp(Timestamp::MIN.micros(), Instant::MAX.as_microsecond());
    Instant::from_microsecond(micros).unwrap_or(Instant::MAX)
}

#[cfg(test)]
mod tests {
    use super::{OffsetSegment, Zone};

    #[test]
    fn zones_have_their_names_in_any_letter_case() {
        for (name, known) in [
            ("europe/lisbon", Some("Europe/Lisbon")),
            ("UTC", Some("UTC")),
            ("Etc/Unknown", None),
            ("Mars/Olympus", None),
            ("", None),
            ("+01:00", None),
            ("../etc/passwd", None),
        ] {
            let zone = Zone::parse(name).ok();
            assert_eq!(zone.as_ref().map(Zone::name), known, "{name}");
        }
    }

    #[test]
    fn the_offsets_of_a_year_are_told_with_their_beginnings() {
        let zone = Zone::parse("Australia/Lord_Howe").unwrap();
        let (half, hour) = (1_800_000_000, 3_600_000_000);
        // 2024: the clock goes back by half an hour on 7 April, and forward on 6 October.
        assert_eq!(
            zone.segments(1_704_067_200_000_000, 1_735_689_600_000_000),
            [
                OffsetSegment { start: i64::MIN, offset: 11 * hour },
                OffsetSegment { start: 1_712_415_600_000_000, offset: 10 * hour + half },
                OffsetSegment { start: 1_728_142_200_000_000, offset: 11 * hour },
            ]
        );
    }
}
