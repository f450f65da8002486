//! The statements, each with only the columns that its answer needs.
//!
//! Bounds and limits are parameters and not literals, so that PostgreSQL's generic plan reads an
//! index range and stops at the limit.

/// The keys: hash, account, creation of the account.
pub(crate) const KEYS: &str = "SELECT k.hash, k.account_id, a.created_at FROM api_key k JOIN account a ON a.id = k.account_id \
     WHERE k.revoked_at IS NULL AND k.expires_at IS NULL";

/// One session with its technician.
pub(crate) const SESSION: &str = "SELECT s.id, s.started_at, s.ended_at, s.start_method, \
     s.technician_id, s.video_count, s.problem_description, s.notes, s.customer_name, \
     s.customer_email, s.customer_number, s.computer_name, s.computer_domain, s.computer_os, \
     t.username, t.name FROM session s LEFT JOIN technician t \
     ON t.account_id = s.account_id AND t.id = s.technician_id \
     WHERE s.account_id = $1 AND s.id = $2";

/// The sessions of a technician in a period, newest first.
pub(crate) const PAGE: &str = "SELECT id, started_at, ended_at, start_method, technician_id, \
     video_count, problem_description, notes, customer_name, customer_email, computer_name, \
     computer_os FROM session WHERE account_id = $1 AND technician_id = \
     (SELECT id FROM technician WHERE account_id = $1 AND username_folded = $2) \
     AND started_at >= $3 AND started_at < $4 ORDER BY started_at DESC, id DESC LIMIT $5";

/// The sessions whose texts have words that follow each other, newest first. The full-text index has a
/// token for each word.
pub(crate) const SEARCH: [&str; 2] = [
    "SELECT id, started_at, ended_at, start_method, technician_id, video_count, \
     problem_description, notes, customer_name, customer_email, computer_name, computer_os \
     FROM session WHERE account_id = $1 AND id = ANY(ARRAY(SELECT session_id FROM session_words \
     WHERE account_id = $1 AND tokens @@ CAST($2 AS tsquery) AND strpos(words, $3) > 0)) \
     ORDER BY started_at DESC, id DESC LIMIT $4",
    "SELECT id, started_at, ended_at, start_method, technician_id, video_count, \
     problem_description, notes, customer_name, customer_email, computer_name, computer_os \
     FROM session WHERE account_id = $1 AND id IN (SELECT found.session_id \
     FROM session_words_index CROSS JOIN session_words AS found \
     ON found.number = session_words_index.rowid WHERE session_words_index MATCH $2 \
     AND found.account_id = $1 AND instr(found.words, $3) > 0) \
     ORDER BY started_at DESC, id DESC LIMIT $4",
];

/// A technician by folded user name.
pub(crate) const TECHNICIAN: &str =
    "SELECT id, username, name FROM technician WHERE account_id = $1 AND username_folded = $2";

/// All technicians.
pub(crate) const TECHNICIANS: &str =
    "SELECT id, username, name FROM technician WHERE account_id = $1";

/// The sessions of a technician in a period, newest first, with the numbers of their children.
pub(crate) const PARENTS: &str = "SELECT id, started_at, ended_at, customer_name, customer_email, \
     computer_name, chat_count, video_count FROM session \
     WHERE account_id = $1 AND technician_id = $2 \
     AND started_at >= $3 AND started_at < $4 ORDER BY started_at DESC, id DESC LIMIT $5";

/// The columns in [`PARENTS`] of the numbers of chat messages and videos.
pub(crate) const CHAT_COUNT: usize = 6;
pub(crate) const VIDEO_COUNT: usize = 7;

/// The first messages of some sessions, with the position in the session last. On PostgreSQL the
/// rows come in order anyway, and ORDER BY would add a sort; on SQLite ORDER BY costs nothing.
pub(crate) const CHATS: [&str; 2] = [
    "SELECT session_id, sent_at, sender, body, seq FROM chat_message \
     WHERE account_id = $1 AND session_id = ANY($2) AND seq <= $3",
    "SELECT session_id, sent_at, sender, body FROM chat_message \
     WHERE account_id = $1 AND session_id IN (SELECT value FROM json_each($2)) AND seq <= $3 \
     ORDER BY session_id, seq",
];

/// The first videos of some sessions, in the same way.
pub(crate) const VIDEOS: [&str; 2] = [
    "SELECT session_id, url, seq FROM video \
     WHERE account_id = $1 AND session_id = ANY($2) AND seq <= $3",
    "SELECT session_id, url FROM video \
     WHERE account_id = $1 AND session_id IN (SELECT value FROM json_each($2)) AND seq <= $3 \
     ORDER BY session_id, seq",
];

/// All sessions, newest first.
pub(crate) const FIRST: &str = "SELECT id, started_at, customer_name, notes FROM session \
     WHERE account_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2";

/// All sessions after a position, newest first, with the columns of [`PAGE`].
pub(crate) const LIST: &str = "SELECT id, started_at, ended_at, start_method, technician_id, \
     video_count, problem_description, notes, customer_name, customer_email, computer_name, \
     computer_os FROM session WHERE account_id = $1 AND (started_at, id) < ($3, $4) \
     ORDER BY started_at DESC, id DESC LIMIT $2";

/// The changes after a position, with the columns of [`PAGE`] of their sessions.
pub(crate) const CHANGES: &str = "SELECT s.id, s.started_at, s.ended_at, s.start_method, s.technician_id, \
     s.video_count, s.problem_description, s.notes, s.customer_name, s.customer_email, s.computer_name, \
     s.computer_os, c.position, c.kind, c.session_id, c.changed_at \
     FROM session_change c LEFT JOIN session s ON s.account_id = c.account_id AND s.id = c.session_id \
     WHERE c.account_id = $1 AND c.position > $3 ORDER BY c.position LIMIT $2";

/// All sessions after a position, newest first.
pub(crate) const DEEP: &str = "SELECT id, started_at, customer_name, notes FROM session \
     WHERE account_id = $1 AND (started_at, id) < ($3, $4) \
     ORDER BY started_at DESC, id DESC LIMIT $2";

/// The number of sessions that started in a period.
pub(crate) const TOTAL: &str = "SELECT COUNT(*) FROM session \
     WHERE account_id = $1 AND started_at >= $2 AND started_at < $3";
