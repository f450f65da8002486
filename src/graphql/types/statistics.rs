//! Statistics of sessions.

use super::{
    super::definition::{
        ConnectionDefinition, ConnectionKind, FieldDefinition as Field,
        FieldSource::{Object, OfGroup, SessionsOfGroup},
        GroupValue, GroupsDefinition, ObjectDefinition,
        arguments::Argument,
    },
    session::ORDER,
};
use crate::{
    domain::statistics::{GroupColumn, measure::Measure},
    error::Error,
};

mod arguments;
mod field;
mod key;
mod seconds;

pub(super) use arguments::STATISTICS_ARGUMENTS;
use arguments::statistics;
pub(in crate::graphql) use arguments::{DEFAULT_GROUPS, MAX_GROUPS_OF_A_PAGE};
use field::{int, time};
use key::KEY;
use seconds::{DURATION, FIRST_RESPONSE};

/// The maximum number of minutes of a step and of a minimum.
const MAX_MINUTES: i32 = 10_080;

const STEP: Argument<i32> =
    Argument::new("stepMinutes", "The step in minutes: 1 to 10,080.").default("15");
const MINIMUM: Argument<i32> =
    Argument::new("minimumMinutes", "The minimum in minutes: 0 to 10,080.").default("15");

pub(super) static SESSION_STATS: GroupsDefinition = GroupsDefinition {
    connection: &ConnectionDefinition {
        name: "SessionStatsConnection",
        description: "A page of groups of sessions.",
        edge_name: "SessionStatsEdge",
        edge_description: "A group of a page, with its cursor.",
        node: &STATS,
        kind: ConnectionKind::Groups,
    },
    query: statistics,
};

static STATS: ObjectDefinition = ObjectDefinition {
    name: "SessionStats",
    description: "Statistics of a group of sessions.",
    interfaces: &[],
    fields: &[
        Field::required("key", "What the sessions of the group have in common.", Object(&KEY)),
        int("count", "The number of sessions.", |_| Ok(of(Measure::Count))),
        int("answered", "The number of sessions that a technician answered.", |_| {
            Ok(of(Measure::Answered))
        }),
        int("missed", "The number of sessions that no technician answered.", |_| {
            Ok(of(Measure::Missed))
        }),
        int("open", "The number of sessions that have not ended.", |_| Ok(of(Measure::Open))),
        int("withVideos", "The number of sessions with recordings.", |_| {
            Ok(of(Measure::WithVideos))
        }),
        int("chatMessages", "The number of chat messages.", |_| Ok(of(Measure::ChatMessages))),
        Field::required(
            "duration",
            "The durations of the sessions that have ended.",
            Object(&DURATION),
        ),
        Field::required(
            "firstResponse",
            "The times from the start to the first message of a technician, of the sessions that have such a \
             message.",
            Object(&FIRST_RESPONSE),
        ),
        int(
            "billedMinutes",
            "The sum of the minutes of the sessions that have ended. The minutes of each session are rounded \
             up to whole steps, and are at least the minimum.",
            |arguments| {
                let minutes = |argument: &Argument<i32>, min: i32| {
                    let value = arguments.get(argument)?;
                    if !(min..=MAX_MINUTES).contains(&value) {
                        return Err(Error::input(format!(
                            "'{}' is {value}; it must be {min} to {MAX_MINUTES}.",
                            argument.name
                        )));
                    }
                    Ok(value.unsigned_abs())
                };
                let (step, minimum) = (minutes(&STEP, 1)?, minutes(&MINIMUM, 0)?);
                Ok(of(Measure::BilledMinutes { step, minimum }))
            },
        )
        .with(&[STEP.definition(), MINIMUM.definition()]),
        Field::required(
            "busySeconds",
            "The time with at least one session that has ended, in seconds. Time in which several sessions \
             overlap counts once.",
            OfGroup { column: |_| Ok(of(Measure::BusyMicros)), value: GroupValue::Micros },
        ),
        int("distinctTechnicians", "The number of different technicians.", |_| {
            Ok(of(Measure::DistinctTechnicians))
        }),
        int(
            "distinctComputers",
            "The number of different computers, by name and domain.",
            |_| Ok(of(Measure::DistinctComputers)),
        ),
        time("firstStartedAt", "When the first session began; null without sessions.", |_| {
            Ok(of(Measure::FirstStart))
        }),
        time("lastStartedAt", "When the last session began; null without sessions.", |_| {
            Ok(of(Measure::LastStart))
        }),
        time("lastEndedAt", "When the last session ended; null if none has ended.", |_| {
            Ok(of(Measure::LastEnd))
        }),
        Field::required("sessions", "The sessions of the group.", SessionsOfGroup)
            .with(&[ORDER.definition()]),
    ],
};

const fn of(measure: Measure) -> GroupColumn {
    GroupColumn::Measure(measure)
}
