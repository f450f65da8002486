//! The root of all mutations.

use async_graphql::{ID, InputType};

use super::{
    super::{
        definition::{
            Cost, FieldDefinition as Field,
            FieldSource::{Enum, Mutation, Results, SessionByNumber, Text},
            MutationDefinition, ObjectDefinition, Payload,
            arguments::Argument,
        },
        enums::RecordOutcome,
        input::record::{ChatMessageInput, SessionInput, field_name},
        mutations::{Change, MAX_RECORDED, problem},
        node_id::session_number,
    },
    removal::{ANONYMIZE, DELETE, HOLD_SESSIONS, RELEASE_HOLD},
    session::SESSION,
};
use crate::{
    domain::{record_outcome as domain, viewer::Scope},
    error::{Error, Result},
    history::{
        limits::{ValidRecord, check_named},
        record::Record,
    },
    store::table::RecordResultTable as Row,
};

const SESSIONS: Argument<Vec<SessionInput>> =
    Argument::new("sessions", "The sessions, at most 500.");
const SESSION_ID: Argument<ID> =
    Argument::new("session", "The session's id, or its number in the support tool.");
const MESSAGES: Argument<Vec<ChatMessageInput>> =
    Argument::new("messages", "The messages, in order, at most 500.");

pub(in crate::graphql) static MUTATION: ObjectDefinition = ObjectDefinition {
    name: "Mutation",
    description: "Changes of the history of the account that the key opens. The fields of a request run one after \
                  the other. If one of them fails, those after it do not run.",
    interfaces: &[],
    fields: &[
        Field::required(
            "recordSessions",
            "Stores sessions, as an import does. Sessions that are stored already are changed. All of them are \
             stored in one transaction, without those that are rejected. The request can be repeated. The key \
             needs the scope 'write', and 'read' to select the session of a result.",
            Mutation(&MutationDefinition {
                scope: Scope::Write,
                payload: Payload::Results(&RECORD_SESSIONS_PAYLOAD),
                change: |arguments| {
                    let sessions = arguments.get(&SESSIONS)?;
                    check_length(&SESSIONS, sessions.len())?;
                    Ok(Change::Record(sessions.into_iter().map(record).collect()))
                },
            }),
        )
        .with(&[SESSIONS.definition()])
        .costs(Cost::Recorded("sessions")),
        Field::required(
            "appendChatMessages",
            "Adds messages to the end of the chat of a session. The request can be repeated: messages that are at \
             the end of the chat already are not added again. The key needs the scopes 'write' and 'read'.",
            Mutation(&MutationDefinition {
                scope: Scope::Write,
                payload: Payload::Session(&SESSION),
                change: |arguments| {
                    let messages = arguments.get(&MESSAGES)?;
                    check_length(&MESSAGES, messages.len())?;
                    let chat = messages.into_iter().map(ChatMessageInput::into_line).collect();
                    let id = session_number(&arguments.get(&SESSION_ID)?)?;
                    let record = Record { id, chat: Some(chat), ..Record::default() };
                    let record = check_named(record, field_name);
                    Ok(Change::AppendChat(Box::new(record.map_err(|it| Error::input(problem(&it)))?)))
                },
            }),
        )
        .with(&[SESSION_ID.definition(), MESSAGES.definition()])
        .costs(Cost::Appended("messages")),
        DELETE,
        ANONYMIZE,
        HOLD_SESSIONS,
        RELEASE_HOLD,
    ],
};

static RECORD_SESSIONS_PAYLOAD: ObjectDefinition = ObjectDefinition {
    name: "RecordSessionsPayload",
    description: "What recording sessions led to.",
    interfaces: &[],
    fields: &[Field::required(
        "results",
        "A result for each session, in the order of the input.",
        Results(&RECORD_SESSION_RESULT),
    )],
};

static RECORD_SESSION_RESULT: ObjectDefinition = ObjectDefinition {
    name: "RecordSessionResult",
    description: "What recording one session led to.",
    interfaces: &[],
    fields: &[
        Field::required(
            "outcome",
            "What was done.",
            Enum {
                column: Row::OUTCOME,
                register: RecordOutcome::create_type_info,
                is_known: |word| domain::RecordOutcome::ALL.iter().any(|it| it.as_str() == word),
            },
        ),
        Field::nullable(
            "session",
            "The session as it is after the request; null if it was rejected.",
            SessionByNumber(Row::SESSION_ID),
        ),
        Field::nullable("problem", "Why the session was rejected.", Text(Row::PROBLEM)),
    ],
};

/// The record of a session, or why it is not valid.
fn record(session: SessionInput) -> Result<ValidRecord, String> {
    let record = session.into_record().map_err(|error| error.message().to_owned())?;
    check_named(record, field_name).map_err(|reason| problem(&reason))
}

fn check_length<T>(argument: &Argument<T>, length: usize) -> Result<()> {
    match length {
        0..=MAX_RECORDED => Ok(()),
        _ => Err(Error::input(format!(
            "{} has {length} items; the limit is {MAX_RECORDED}. Send several requests.",
            argument.name
        ))),
    }
}
