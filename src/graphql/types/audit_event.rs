//! The audit of the account.

use async_graphql::InputType;

use super::super::{
    definition::{
        ConnectionDefinition, ConnectionKind, FieldDefinition as Field,
        FieldSource::{Digits, Enum, Int, Text, Time},
        ListDefinition, ObjectDefinition,
    },
    enums::{AuditAction, AuditSource},
};
use crate::{
    domain::{audit, viewer::Scope},
    store::{order, query::ListQuery, table::AuditEventTable as Row},
};

pub(super) static AUDIT_EVENTS: ListDefinition = ListDefinition {
    connection: &ConnectionDefinition {
        name: "AuditEventConnection",
        description: "A page of the audit.",
        edge_name: "AuditEventEdge",
        edge_description: "An event of a page, with its cursor.",
        node: &AUDIT_EVENT,
        kind: ConnectionKind::Rows,
    },
    query: |arguments| {
        arguments.request().check_scope(Scope::Admin)?;
        let limit = arguments.limits().max_page_size;
        let (page, _) = arguments.page(&order::AUDIT_EVENTS, limit)?;
        Ok((ListQuery::AuditEvents, page))
    },
};

static AUDIT_EVENT: ObjectDefinition = ObjectDefinition {
    name: "AuditEvent",
    description: "A change of the data or of the keys of the account. It has no personal data.",
    interfaces: &[],
    fields: &[
        Field::required("number", "The number of the event in the account.", Digits(Row::ID)),
        Field::required("startedAt", "When the change began.", Time(Row::STARTED_AT)),
        Field::nullable(
            "endedAt",
            "When the change ended; null while it goes on, and after it was interrupted.",
            Time(Row::ENDED_AT),
        ),
        Field::required(
            "source",
            "What caused the change.",
            Enum {
                column: Row::SOURCE,
                register: AuditSource::create_type_info,
                is_known: |word| audit::AuditSource::NAMES.contains(&word),
            },
        ),
        Field::nullable(
            "keyLabel",
            "The operator's label of the key that caused the change.",
            Text(Row::KEY_LABEL),
        ),
        Field::nullable(
            "keyPrefix",
            "The first characters of the key that caused the change.",
            Text(Row::KEY_PREFIX),
        ),
        Field::required(
            "action",
            "What was done.",
            Enum {
                column: Row::ACTION,
                register: AuditAction::create_type_info,
                is_known: |word| audit::AuditAction::ALL.iter().any(|it| it.as_str() == word),
            },
        ),
        Field::required(
            "filterFields",
            "The names of the fields that the filter tested, separated by spaces. The values are not stored.",
            Text(Row::FIELDS),
        ),
        Field::nullable(
            "subject",
            "The number of the key that was created or revoked, the number of the hold or of the webhook, or the months \
             of the retention.",
            Digits(Row::SUBJECT),
        ),
        Field::required(
            "matched",
            "The number of sessions that matched, or of records that were read.",
            Int(Row::MATCHED),
        ),
        Field::required("changed", "The number of sessions that were changed.", Int(Row::CHANGED)),
        Field::required(
            "held",
            "The number of matching sessions that a hold kept as they were.",
            Int(Row::HELD),
        ),
    ],
};
