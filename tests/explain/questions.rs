//! What is asked, and which indexes have to serve it.

/// Statistics that are computed from an index alone: criteria and fields.
pub const STATISTICS: &[(&str, &str)] = &[
    (
        "{by: MONTH}, {by: TECHNICIAN}",
        "count missed open withVideos chatMessages duration { sumSeconds } billedMinutes",
    ),
    ("{by: DAY}", "count firstResponse { averageSeconds } lastEndedAt"),
    ("{by: HOUR_OF_DAY}, {by: ANSWERED}", "count distinctTechnicians"),
    ("{by: TECHNICIAN}", "duration { percentile(p: 90) } firstResponse { percentile(p: 50) }"),
    ("{by: TECHNICIAN}", "count duration { sumSeconds maxSeconds } busySeconds"),
];

/// Criteria and an order of the sessions of their groups, with what finds them.
pub const GROUPS: &[(&str, &str, &[&str])] = &[
    ("{by: TECHNICIAN}", "STARTED_AT_DESC", &["session_by_technician technician_id"]),
    ("{by: TECHNICIAN}", "ENDED_AT_DESC", &["session_by_technician technician_id"]),
    ("{by: TECHNICIAN}", "DURATION_ASC", &["session_by_technician technician_id"]),
    ("{by: DAY}, {by: TECHNICIAN}", "STARTED_AT_ASC", &["session_by_technician technician_id"]),
    ("{by: DAY}", "STARTED_AT_ASC", &["session_by_start started_at"]),
    ("{by: HOUR_OF_DAY}", "STARTED_AT_DESC", &["session_by_start account_id"]),
    (
        "{by: CUSTOMER_NUMBER}",
        "STARTED_AT_DESC",
        &["session_by_customer_number customer_number_folded"],
    ),
    ("{by: CUSTOMER_NAME}", "DURATION_DESC", &["session_by_customer_name customer_name_folded"]),
    ("{by: COMPUTER}", "STARTED_AT_ASC", &["session_by_computer_name computer_name_folded"]),
    ("{by: COMPUTER}", "ENDED_AT_ASC", &["session_by_computer_name computer_name_folded"]),
    (
        "{customField: \"tag\"}",
        "STARTED_AT_DESC",
        &["custom_field_by_value value_folded", "session_key id"],
    ),
];

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
    ("{ sessions(orderBy: UPDATED_AT_ASC) { nodes { notes } } }", &["session_by_update account_id"]),
    ("{ sessions(orderBy: UPDATED_AT_DESC) { nodes { notes } } }", &["session_by_update account_id"]),
    (
        "query($cursor: String) { sessions(after: $cursor, orderBy: UPDATED_AT_DESC) { nodes { notes } } }",
        &["session_by_update updated_at"],
    ),
    ("{ sessions(orderBy: ENDED_AT_ASC) { nodes { notes } } }", &["session_by_end ended_at"]),
    ("{ sessions(orderBy: ENDED_AT_DESC) { nodes { notes } } }", &["session_by_end ended_at"]),
    ("{ sessions(last: 5, orderBy: ENDED_AT_ASC) { nodes { notes } } }", &["session_by_end ended_at"]),
    (
        "query($cursor: String) { sessions(after: $cursor, orderBy: ENDED_AT_DESC) { nodes { notes } } }",
        &["session_by_end ended_at"],
    ),
    (
        "query($cursor: String) { sessions(last: 5, before: $cursor, orderBy: ENDED_AT_ASC) {
            nodes { notes } } }",
        &["session_by_end ended_at"],
    ),
    ("{ sessions(orderBy: DURATION_ASC) { nodes { notes } } }", &["session_by_duration duration_seconds"]),
    ("{ sessions(orderBy: DURATION_DESC) { nodes { notes } } }", &["session_by_duration duration_seconds"]),
    (
        "query($cursor: String) { sessions(after: $cursor, orderBy: DURATION_ASC) { nodes { notes } } }",
        &["session_by_duration duration_seconds"],
    ),
    (
        "query($cursor: String) { sessions(after: $cursor, orderBy: DURATION_DESC) { nodes { notes } } }",
        &["session_by_duration duration_seconds"],
    ),
    // The change feed.
    (
        "{ sessionChanges { cursor nodes { kind } } }",
        &["session_change_by_position position"],
    ),
    (
        "query($cursor: String) { sessionChanges(after: $cursor, filter: {answered: true}) {
            nodes { session { notes technician { name } } } } }",
        &[
            "session_change_by_position position",
            "session_key id",
            "technician_key id",
        ],
    ),
    ("{ sessions { totalCount } }", &["session_by_start|session_key|session_by_end|session_by_update|session_by_duration|session_by_chat_count|session_by_first_response account_id"]),
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
        "{ sessions(filter: {startedAt: {within: \"P2Y\"}}) { totalCount nodes { notes } } }",
        &["session_by_start started_at"],
    ),
    (
        "{ sessions(filter: {endedAt: {gte: \"2024-01-01T00:20:00Z\", lt: \"2024-01-01T00:20:10Z\"}}) {
            totalCount nodes { notes } } }",
        &["session_by_end ended_at"],
    ),
    (
        "{ sessions(filter: {endedAt: {within: \"P1M\"}}, orderBy: ENDED_AT_DESC) {
            totalCount nodes { notes } } }",
        &["session_by_end ended_at"],
    ),
    (
        "{ sessions(filter: {endedAt: {isNull: true}}) { totalCount nodes { notes } } }",
        &["session_by_end ended_at"],
    ),
    (
        "{ sessions(filter: {updatedAt: {gte: \"2024-01-01T01:06:38Z\", lt: \"2024-01-01T02:00:00Z\"}}) { totalCount nodes { notes } } }",
        &["session_by_update updated_at"],
    ),
    (
        "{ sessions(filter: {durationSeconds: {gte: 1500, lt: 1503}}) { totalCount nodes { notes } } }",
        &["session_by_duration duration_seconds"],
    ),
    (
        "{ sessions(filter: {durationSeconds: {gte: 3000}}, orderBy: DURATION_DESC) { nodes { notes } } }",
        &["session_by_duration duration_seconds"],
    ),
    (
        "{ sessions(filter: {chatMessageCount: {eq: 499}}) { totalCount nodes { notes } } }",
        &["session_by_chat_count chat_count"],
    ),
    (
        "{ sessions(filter: {firstResponseSeconds: {gt: 890, lt: 893}}) { totalCount nodes { notes } } }",
        &["session_by_first_response first_response_seconds"],
    ),
    (
        "{ sessions(filter: {legacyId: {gt: \"100\", lte: \"120\"}}) { totalCount nodes { notes } } }",
        &["session_key|session_by_start id"],
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
        &["session_by_start account_id", "custom_field_key|custom_field_by_name session_id"],
    ),
    (
        "{ sessions(filter: {chatMessages: {some: {body: {contains: \"hello\"}}}}) { nodes { legacyId } } }",
        &["session_by_start account_id", "chat_message_key session_id"],
    ),
    (
        "{ sessions(filter: {not: {videos: {some: {}}}}) { nodes { legacyId } } }",
        &["session_by_start account_id", "video_key session_id"],
    ),
    // By words. Rare ones: the index of words has the sessions. Common ones: session by session in the
    // order of the list.
    (
        "{ sessions(filter: {search: \"77 \\\"notes of\\\" -fax\"}) { totalCount nodes { notes } } }",
        &["session_words_by_token|session_token_key token", "session_words_key session_id", "session_key id"],
    ),
    (
        "{ sessions(filter: {search: \"777*\", answered: true}) { totalCount nodes { notes } } }",
        &["session_words_by_token|session_token_key token", "session_words_key session_id", "session_key id"],
    ),
    (
        "{ technicians { nodes { sessions(first: 2, filter: {search: \"77\"}) { nodes { legacyId } } } } }",
        &[
            "technician_by_username account_id",
            "session_by_technician technician_id",
            "session_words_by_token|session_token_key token",
            "session_words_key session_id",
            "session_key id but PostgreSQL",
        ],
    ),
    (
        "{ sessions(filter: {search: \"notes\"}, orderBy: UPDATED_AT_DESC) { nodes { notes } } }",
        // The sample of the sessions is searched before.
        &[
            "session_words_by_token|session_token_key token",
            "session_by_update account_id",
            "session_words_key session_id",
            "session_key id but PostgreSQL",
        ],
    ),
    (
        "{ sessions(filter: {search: \"-fax\"}) { nodes { notes } } }",
        &["session_by_start account_id", "session_words_key session_id"],
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
        "{ technicians(first: 3) { nodes { sessions(first: 2, orderBy: UPDATED_AT_DESC) { nodes { notes } } } } }",
        &["technician_by_username account_id", "session_by_technician technician_id"],
    ),
    (
        "{ technicians { nodes { sessions(first: 2) { totalCount nodes { legacyId } } } } }",
        &["technician_by_username account_id", "session_by_technician technician_id"],
    ),
    (
        "{ technicians(first: 3) { nodes { sessions(first: 2, orderBy: ENDED_AT_DESC) { nodes { notes } } } } }",
        &["technician_by_username account_id", "session_by_technician technician_id"],
    ),
    (
        "{ technicians(first: 3) { nodes { sessions(first: 2, orderBy: DURATION_ASC) { nodes { notes } } } } }",
        &["technician_by_username account_id", "session_by_technician technician_id"],
    ),
    (
        "query($cursor: String) { technician(username: \"t7\") {
            sessions(first: 2, after: $cursor, orderBy: DURATION_ASC) { nodes { notes } } } }",
        &["technician_by_username username_folded", "session_by_technician technician_id"],
    ),
];
