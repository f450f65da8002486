//! What is asked, and which indexes have to serve it.

/// Questions, with what their statements have to search: an index, or one of two, and a column that
/// the search goes by. Nothing else may be searched, and only what a column other than the account
/// leads to may be sorted.
pub const QUESTIONS: &[(&str, &[&str])] = &[
    // Lists in their order.
    ("{ sessions { nodes { legacyId } } }", &["session_by_start account_id"]),
    (
        "query($cursor: String) { sessions(after: $cursor) { nodes { technician { name } } } }",
        &["session_by_start started_at", "technician_key id"],
    ),
    (
        "query($cursor: String) { sessions(last: 5, before: $cursor, orderBy: STARTED_AT_ASC) {
            nodes { legacyId } } }",
        &["session_by_start started_at"],
    ),
    ("{ sessions { totalCount } }", &["session_by_start|session_key account_id"]),
    ("{ technicians { nodes { username } } }", &["technician_by_username account_id"]),
    // By number and by name.
    ("{ session(id: 7) { legacyId } }", &["session_key id"]),
    (
        "{ nodes(ids: [\"session_1\", \"technician_1\", \"chatMessage_7_1\", \"video_7_2\"]) { id } }",
        &["session_key id", "technician_key id", "chat_message_key seq", "video_key seq"],
    ),
    (
        "{ sessions(filter: {legacyId: {in: [\"1\", \"2\", \"5000\"]}}) { totalCount nodes { notes } } }",
        &["session_key id"],
    ),
    (
        "{ technician(username: \"t7\") { name sessions { totalCount nodes { legacyId } } } }",
        &["technician_by_username username_folded", "session_by_technician technician_id"],
    ),
    (
        "{ technicians(filter: {username: {startsWith: \"t99\"}}) { totalCount nodes { username } } }",
        &["technician_by_username username_folded"],
    ),
    // By what an index leads to.
    (
        "{ sessions(filter: {startedAt: {gte: \"2024-01-01T00:20:00Z\", lt: \"2024-01-01T00:20:10Z\"}}) {
            totalCount nodes { legacyId } } }",
        &["session_by_start started_at"],
    ),
    (
        "{ sessions(filter: {customer: {name: {eq: \"C7\"}}}) { totalCount nodes { notes } } }",
        &["session_by_customer_name customer_name_folded"],
    ),
    (
        "{ sessions(filter: {customer: {name: {startsWith: \"C77\"}}}) { totalCount nodes { notes } } }",
        &["session_by_customer_name customer_name_folded"],
    ),
    (
        "{ sessions(filter: {customer: {email: {eq: \"E7\"}}}) { totalCount nodes { notes } } }",
        &["session_by_customer_email customer_email_folded"],
    ),
    (
        "{ sessions(filter: {customer: {number: {eq: \"N7\"}}}) { totalCount nodes { notes } } }",
        &["session_by_customer_number customer_number_folded"],
    ),
    (
        "{ sessions(filter: {computer: {name: {eq: \"P7\"}}}) { totalCount nodes { notes } } }",
        &["session_by_computer_name computer_name_folded"],
    ),
    (
        "{ sessions(filter: {computer: {domain: {eq: \"D7\"}}}) { totalCount nodes { notes } } }",
        &["session_by_computer_domain computer_domain_folded"],
    ),
    (
        "{ sessions(filter: {answered: false}) { totalCount nodes { notes } } }",
        &["session_by_technician technician_id"],
    ),
    (
        "{ sessions(filter: {technician: {username: {eq: \"T7\"}}}) { totalCount nodes { notes } } }",
        &["technician_by_username username_folded", "session_by_technician technician_id"],
    ),
    (
        "{ sessions(filter: {technician: {username: {in: [\"T7\", \"T8\"]}}}) { totalCount nodes { notes } } }",
        &["technician_by_username username_folded", "session_by_technician technician_id"],
    ),
    (
        "{ sessions(filter: {customField: {value: {eq: \"A-7\"}}}) { totalCount nodes { notes } } }",
        &["custom_field_by_value value_folded", "session_key id"],
    ),
    (
        "{ sessions(filter: {customField: {name: \"tag\", value: {eq: \"A-7\"}}}) { totalCount nodes { notes } } }",
        &["custom_field_by_value value_folded", "session_key id"],
    ),
    // By what none leads to: session by session in the order of the list, until the page is full.
    (
        "{ sessions(filter: {notes: {contains: \"notes\"}}) { nodes { legacyId } } }",
        &["session_by_start account_id"],
    ),
    (
        "{ sessions(filter: {hasVideos: true}) { nodes { legacyId } } }",
        &["session_by_start account_id"],
    ),
    (
        "{ sessions(filter: {startMethod: {eq: AGENT}}) { nodes { legacyId } } }",
        &["session_by_start account_id"],
    ),
    (
        "{ sessions(filter: {answered: true}) { nodes { legacyId } } }",
        &["session_by_start account_id"],
    ),
    (
        "{ sessions(filter: {not: {technician: {username: {eq: \"t7\"}}}}) { nodes { legacyId } } }",
        &["session_by_start account_id", "technician_by_username username_folded"],
    ),
    (
        "{ sessions(filter: {customField: {name: \"tag\"}}) { nodes { legacyId } } }",
        &["session_by_start account_id", "custom_field_key session_id"],
    ),
    (
        "{ sessions(filter: {chatMessages: {some: {body: {contains: \"hello\"}}}}) { nodes { legacyId } } }",
        &["session_by_start account_id", "chat_message_key session_id"],
    ),
    (
        "{ sessions(filter: {not: {videos: {some: {}}}}) { nodes { legacyId } } }",
        &["session_by_start account_id", "video_key session_id"],
    ),
    // What belongs to the rows of a list.
    (
        "{ sessions(first: 50) { nodes { chatMessages(first: 1) { totalCount nodes { body } } } } }",
        &["session_by_start account_id", "chat_message_key session_id"],
    ),
    (
        "{ sessions(first: 50) { nodes { videos(last: 1) { nodes { url } } customFields { value } } } }",
        &["session_by_start account_id", "video_key session_id", "custom_field_key session_id"],
    ),
    (
        "{ sessions(first: 50) { nodes {
            chatMessages(first: 1, filter: {body: {contains: \"o\"}}) { nodes { body } } } } }",
        &["session_by_start account_id", "chat_message_key session_id"],
    ),
    (
        "{ technicians { nodes { sessions(first: 2) { totalCount nodes { legacyId } } } } }",
        &["technician_by_username account_id", "session_by_technician technician_id"],
    ),
];
