//! The public clients of persisted queries, unmodified: Apollo Client and urql.

use super::served::Served;
use crate::support::database::{DatabaseKind, on_sqlite_alone};

on_sqlite_alone!(apollo_client_and_urql_send_a_document_once, "no storage is involved");
fn apollo_client_and_urql_send_a_document_once(on: DatabaseKind) {
    let served = Served::start(on, &[], &[]);
    for (client, method, again, typename) in [
        ("apollo", "POST", "POST", ",\"__typename\":\"Viewer\""),
        ("urql", "POST", "POST", ""),
        ("apollo", "GET", "POST", ",\"__typename\":\"Viewer\""),
        ("urql", "GET", "GET", ""),
    ] {
        let data = format!(r#"data {{"viewer":{{"keyLabel":"page"{typename}}}}}"#);
        let query = format!("query {client}By{method} {{ viewer {{ keyLabel }} }}");
        let expected = [
            format!("{method} extensions"),
            format!("{again} query extensions"),
            data.clone(),
            format!("{method} extensions"),
            data,
        ];
        assert_eq!(served.ask(client, method, &query, None), expected, "{client} {method}");
    }
}
