//! What the sessions of a group have in common.

use async_graphql::InputType;

use super::{
    super::super::{
        definition::{
            FieldDefinition as Field,
            FieldSource::{ObjectOfGroup, OfGroup, TechnicianOfGroup},
            GroupValue, ObjectDefinition,
            arguments::Argument,
        },
        enums::StartMethod,
    },
    field::{flag, nullable_int, text_of, time},
};
use crate::{
    domain::{
        filter::SessionText,
        session as domain,
        statistics::{GroupColumn, KeyField},
        text,
    },
    error::Result,
};

const FIELD_NAME: Argument<String> =
    Argument::new("name", "The name of a custom field by which the sessions are grouped.");

pub(super) static KEY: ObjectDefinition = ObjectDefinition {
    name: "SessionStatsKey",
    description: "What the sessions of a group have in common. What they are not grouped by is null.",
    interfaces: &[],
    fields: &[
        Field::nullable(
            "technician",
            "The technician; null also if the sessions were not answered.",
            TechnicianOfGroup,
        ),
        text_of("customerName", "The customer's name.", |_| key_text(SessionText::CustomerName)),
        text_of("customerEmail", "The customer's e-mail address.", |_| {
            key_text(SessionText::CustomerEmail)
        }),
        text_of("customerNumber", "The customer's number in the account's own records.", |_| {
            key_text(SessionText::CustomerNumber)
        }),
        Field::nullable(
            "computer",
            "The customer's computer, of which the operating system is always null here.",
            ObjectOfGroup { object: &COMPUTER, present: |_| key(KeyField::HasComputer) },
        ),
        text_of("computerDomain", "The domain or workgroup of the computer.", |_| {
            key_text(SessionText::ComputerDomain)
        }),
        text_of("computerOs", "The computer's operating system.", |_| {
            key_text(SessionText::ComputerOs)
        }),
        Field::nullable(
            "startMethod",
            "How the sessions began.",
            OfGroup {
                column: |_| key(KeyField::StartMethod),
                value: GroupValue::Enum {
                    register: StartMethod::create_type_info,
                    is_known: |word| domain::StartMethod::ALL.iter().any(|it| it.as_str() == word),
                },
            },
        ),
        flag("answered", "Whether a technician answered.", |_| key(KeyField::Answered)),
        flag("hasVideos", "Whether there are recordings.", |_| key(KeyField::HasVideos)),
        time(
            "periodStart",
            "The beginning of the hour, day, week, month, quarter or year.",
            |_| key(KeyField::PeriodStart),
        ),
        time("periodEnd", "The beginning of the next period.", |_| key(KeyField::PeriodEnd)),
        nullable_int("hourOfDay", "The hour of the local clock, 0 to 23.", |_| {
            key(KeyField::HourOfDay)
        }),
        nullable_int(
            "dayOfWeek",
            "The local day of the week, from Monday, which is 1, to 7.",
            |_| key(KeyField::DayOfWeek),
        ),
        text_of("customField", "The value of a custom field.", |arguments| {
            key(KeyField::CustomField(text::fold(&arguments.get(&FIELD_NAME)?)))
        })
        .with(&[FIELD_NAME.definition()]),
    ],
};

/// The same type as that of the computer of a session.
static COMPUTER: ObjectDefinition = ObjectDefinition {
    name: "Computer",
    description: "The customer's computer at the time of the session.",
    interfaces: &[],
    fields: &[
        text_of("name", "The computer's name.", |_| key(KeyField::ComputerName)),
        text_of("domain", "The domain or workgroup of the computer.", |_| {
            key(KeyField::ComputerDomain)
        }),
        text_of("os", "The computer's operating system.", |_| Ok(GroupColumn::Null)),
    ],
};

fn key(field: KeyField) -> Result<GroupColumn> {
    Ok(GroupColumn::Key(field))
}

fn key_text(text: SessionText) -> Result<GroupColumn> {
    key(KeyField::Text(text))
}
