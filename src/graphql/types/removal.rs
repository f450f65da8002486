//! The answers to removals and holds.

use async_graphql::ID;

use super::{
    super::{
        definition::{
            FieldDefinition as Field,
            FieldSource::{Int, IsPositive, Mutation},
            MutationDefinition, ObjectDefinition, Payload,
            arguments::{Argument, FieldArguments},
        },
        input::{FilterInput, session::SessionFilter},
        mutations::{
            Change,
            removal::{HoldRequest, RemovalRequest},
        },
    },
    hold::HOLD,
};
use crate::{
    domain::{filter, viewer::Scope},
    error::{Error, Result},
    history::removal::RemovalKind,
    store::table::{HoldTable, RemovalResultTable as Row},
};

const FILTER: Argument<SessionFilter> =
    Argument::new("filter", "The sessions. A filter that matches every session is refused.");
const DRY_RUN: Argument<bool> =
    Argument::new("dryRun", "Whether the sessions are only counted.").default("true");
const HELD: Argument<SessionFilter> =
    Argument::new("filter", "The sessions. Sessions that match later are not held.");
const REASON: Argument<String> =
    Argument::new("reason", "Why the sessions are held, in at most 100 characters.");
const HOLD_ID: Argument<ID> = Argument::new("id", "The id of the hold.");

/// Deletes sessions.
pub(super) const DELETE: Field = Field::required(
    "deleteSessions",
    "Deletes the sessions that match a filter, but for those that are held. They are not recorded or imported \
     again. Sessions are deleted in batches, each of which is one transaction; a request that was interrupted can \
     be repeated. The key needs the scope 'admin'.",
    Mutation(&MutationDefinition {
        scope: Scope::Admin,
        payload: REMOVAL_PAYLOAD,
        change: |arguments| remove(arguments, RemovalKind::Delete),
    }),
)
.with(&[FILTER.definition(), DRY_RUN.definition()]);

/// Anonymizes sessions.
pub(super) const ANONYMIZE: Field = Field::required(
    "anonymizeSessions",
    "Clears names, texts, chat messages, links and custom fields of the sessions that match a filter, but for those \
     that are held. Times, counts and the technician stay. The sessions are not changed by records and imports \
     any more. The key needs the scope 'admin'.",
    Mutation(&MutationDefinition {
        scope: Scope::Admin,
        payload: REMOVAL_PAYLOAD,
        change: |arguments| remove(arguments, RemovalKind::Anonymize),
    }),
)
.with(&[FILTER.definition(), DRY_RUN.definition()]);

/// Holds sessions.
pub(super) const HOLD_SESSIONS: Field = Field::required(
    "holdSessions",
    "Holds the sessions that match a filter: they are neither deleted nor anonymized nor do they expire. A session \
     can have several holds. The key needs the scope 'admin'.",
    Mutation(&MutationDefinition {
        scope: Scope::Admin,
        payload: HOLD_PAYLOAD,
        change: |arguments| {
            let filter = domain_filter(arguments, &HELD)?;
            let request = HoldRequest::Add(filter, arguments.get(&REASON)?);
            Ok(Change::Hold(Box::new(request)))
        },
    }),
)
.with(&[HELD.definition(), REASON.definition()]);

/// Releases a hold.
pub(super) const RELEASE_HOLD: Field = Field::required(
    "releaseHold",
    "Releases a hold. Sessions without another hold can be removed again. The key needs the scope 'admin'.",
    Mutation(&MutationDefinition {
        scope: Scope::Admin,
        payload: HOLD_PAYLOAD,
        change: |arguments| {
            let id = arguments.get(&HOLD_ID)?;
            let number = id.parse().map_err(|_| Error::input("This is not the id of a hold."))?;
            Ok(Change::Hold(Box::new(HoldRequest::Release(number))))
        },
    }),
)
.with(&[HOLD_ID.definition()]);

const REMOVAL_PAYLOAD: Payload = Payload::Row { object: &REMOVAL_RESULT, column: Row::MATCHED };
const HOLD_PAYLOAD: Payload = Payload::Row { object: &HOLD, column: HoldTable::ID };

static REMOVAL_RESULT: ObjectDefinition = ObjectDefinition {
    name: "RemovalPayload",
    description: "What a removal did, or would do.",
    interfaces: &[],
    fields: &[
        Field::required(
            "matched",
            "The number of sessions that match. Of an anonymization, sessions that are anonymized already do not \
             count.",
            Int(Row::MATCHED),
        ),
        Field::required(
            "removed",
            "The number of sessions that were removed, or would be.",
            Int(Row::REMOVED),
        ),
        Field::required(
            "held",
            "The number of sessions that match and are held. They are not removed.",
            Int(Row::HELD),
        ),
        Field::required("dryRun", "Whether nothing was removed.", IsPositive(Row::DRY_RUN)),
    ],
};

fn remove(arguments: &FieldArguments<'_>, kind: RemovalKind) -> Result<Change> {
    let filter = domain_filter(arguments, &FILTER)?;
    let dry_run = arguments.get(&DRY_RUN)?;
    Ok(Change::Remove(Box::new(RemovalRequest { kind, filter, dry_run })))
}

fn domain_filter(
    arguments: &FieldArguments<'_>,
    argument: &Argument<SessionFilter>,
) -> Result<filter::SessionFilter> {
    arguments.get(argument)?.into_domain(arguments.request().now())
}
