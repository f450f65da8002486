//! MariaDB has a row for each token of a session. No foreign key deletes these rows, so the writes must do it.

use serde_json::json;

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
    server::select,
};

/// Texts with few and many words: those of the last ones fill several rows of words, and have more tokens than are stored.
fn notes() -> Vec<String> {
    let words = |count: usize| (0..count).map(|nth| format!("word{nth} ")).collect::<String>();
    let long = "a".repeat(90);
    vec![
        String::new(),
        "the printer, the printer".into(),
        // Different words with one token.
        format!("{long}b {long}c can't 日本"),
        words(500),
        words(5_000),
    ]
}

async fn import(gateway: &Gateway, tenant: &Tenant, notes: &[String]) {
    let session = |(text, id): (&String, i64)| {
        let message = |text: &str| json!({ "date": "2024-01-01 00:00:00", "text": text });
        let chat = [message(text), message(&format!("{text} again"))];
        json!({ "id": id, "date_start": "2024-01-01", "notes": text, "chat_info": chat })
    };
    let sessions: Vec<_> = notes.iter().zip(1..).map(session).collect();
    let document = json!({ "requests": sessions }).to_string();
    gateway.import(tenant, &document).await;
}

/// The tokens of each session, without the account. Those of the sample depend on the numbers of sessions.
fn tokens(gateway: &Gateway, tenant: &Tenant) -> Vec<(String, String)> {
    let account = tenant.account.0;
    let rows = select(
        &gateway.database.url(),
        &format!(
            "SELECT CAST(session.id AS CHAR(20)), CAST(token AS CHAR(84)) FROM session_token
            LEFT JOIN session ON session.account_id = session_token.account_id
            AND session.id = session_id
            WHERE session_token.account_id = {account} AND token NOT LIKE '{account}s%'
            AND token NOT LIKE '{account}t%' ORDER BY session.id, token"
        ),
    );
    let tokens = rows.unwrap().into_iter().map(|row| row.try_get_many_by_index().unwrap());
    let short = |(id, token): (String, String)| (id, token[account.to_string().len()..].to_owned());
    tokens.map(short).collect()
}

on_each_database!(async changed_sessions_have_the_tokens_of_their_new_texts_alone: mariadb MariaDb);
async fn changed_sessions_have_the_tokens_of_their_new_texts_alone(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let (changed, new) = (gateway.tenant("changed").await, gateway.tenant("new").await);
    let mut notes = notes();
    import(&gateway, &changed, &notes).await;
    for _ in 0..notes.len() {
        notes.rotate_left(1);
        import(&gateway, &changed, &notes).await;
    }
    notes.reverse();
    import(&gateway, &changed, &notes).await;
    import(&gateway, &new, &notes).await;
    let expected = tokens(&gateway, &new);
    assert!(expected.contains(&("4".into(), "xprinter".into())), "{}", expected.len());
    assert!(expected.len() > 5_500, "{}", expected.len());
    assert!(tokens(&gateway, &changed) == expected);
}

on_each_database!(async deleted_sessions_have_no_tokens: mariadb MariaDb);
async fn deleted_sessions_have_no_tokens(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let (kept, deleted) = (vec!["mouse".to_owned()], notes());
    import(&gateway, &tenant, &[&kept[..], &deleted[..]].concat()).await;
    let admin =
        gateway.with_scopes(&tenant, &[session_history::domain::viewer::Scope::Admin]).await;
    let delete =
        "mutation { deleteSessions(dryRun: false, filter: {legacyId: {gt: \"1\"}}) { removed } }";
    gateway.data(&admin, delete, json!({})).await;
    let of_kept = [("1".to_owned(), "xagain".to_owned()), ("1".to_owned(), "xmouse".to_owned())];
    assert_eq!(tokens(&gateway, &tenant), of_kept);
}
