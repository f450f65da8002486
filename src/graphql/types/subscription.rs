//! The root of all subscriptions.

use super::{
    super::definition::{FieldDefinition as Field, FieldSource::Feed, ObjectDefinition},
    page_arguments::AFTER,
    session::FILTER,
    session_change::SESSION_CHANGE_FEED,
};

pub(in crate::graphql) static SUBSCRIPTION: ObjectDefinition = ObjectDefinition {
    name: "Subscription",
    description: "What happens in the account that the key opens, over server-sent events or a WebSocket.",
    interfaces: &[],
    fields: &[Field::required(
        "sessionChanges",
        "An event for each change of a session, in the order in which changes were committed: those after the \
         cursor 'after', and then each new one. Without 'after', only new ones. To continue after a lost \
         connection, subscribe again with the 'cursor' of the last event. A filter leaves out stored sessions \
         that do not match at the time of the event; deletions always come.",
        Feed(&SESSION_CHANGE_FEED),
    )
    .with(&[AFTER.definition(), FILTER.definition()])],
};
