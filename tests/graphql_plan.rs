//! Random selections of every field, with fragments, aliases, directives and lists in lists, are
//! answered as the specification says, from a history that the test has in memory.

use std::{cell::Cell, collections::BTreeSet};

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use session_history::domain::viewer::CursorKey;

use crate::{
    model::{
        self,
        history::{self, TECHNICIANS},
        order::{ORDERS, Order},
    },
    support::{
        Gateway, clock,
        database::{DatabaseKind, on_each_database},
    },
};

mod evaluate;
mod object;
mod pages;
mod reference;
mod selection;

use evaluate::evaluate;
use reference::Reference;
use selection::{Arguments, Maker};

/// How many documents are answered from each history.
const DOCUMENTS: usize = 6;

on_each_database!(any_selection_is_answered_as_the_specification_says);
fn any_selection_is_answered_as_the_specification_says(on: DatabaseKind) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let gateway = runtime.block_on(Gateway::start(on));
    let chunked = [gateway.in_chunks(1, 1), gateway.in_chunks(50, 40)];
    let (whole, in_chunks) = (Cell::new(0), Cell::new(0));
    let documents = vec(vec(any::<u8>(), 0..160), DOCUMENTS);
    model::check(&(history::history(), documents), |(history, documents)| {
        runtime.block_on(async {
            let tenant = history.store(&gateway).await;
            let query = "{ technicians { nodes { id username } } viewer { account { name } } }";
            let data = gateway.data(&tenant, query, json!({})).await;
            let ids = data["technicians"]["nodes"].as_array().unwrap().iter().map(|node| {
                let id = node["id"].as_str().unwrap().trim_start_matches("technician_");
                (node["username"].as_str().unwrap().to_owned(), id.parse().unwrap())
            });
            let ids: Vec<_> = ids.collect();
            let reference = Reference {
                cursor_key: CursorKey::new(tenant.account, clock().now().micros(), None),
                account_name: data["viewer"]["account"]["name"].as_str().unwrap(),
                database: match on {
                    DatabaseKind::Sqlite => "SQLite",
                    DatabaseKind::Postgres => "PostgreSQL",
                    DatabaseKind::MariaDb => "MariaDB or MySQL",
                },
                history: &history,
                technician_ids: &ids,
            };
            let values = |of: &str, field: &str, nth| arguments(&reference, of, field, nth);
            for choices in documents {
                let document = Maker::new(&choices, &values).document();
                let text = document.text();
                let variables = json!({ "yes": true, "no": false });
                let answer = gateway.graphql(&tenant, &text, variables.clone()).await;
                let expected = evaluate(&document, &reference);
                let body = answer.text();
                let end = if expected.errors.is_empty() { "}" } else { ",\"errors\":" };
                let beginning = format!("{{\"data\":{}{end}", expected.data);
                prop_assert!(body.starts_with(&beginning), "{text}\n{body}\n{beginning}");
                let errors = answer.json()["errors"].take();
                let path = |error: &Value| error["path"].to_string();
                let paths: BTreeSet<_> =
                    errors.as_array().into_iter().flatten().map(path).collect();
                prop_assert_eq!(paths, expected.errors, "{}\n{}", text, body);
                // The same text is sent in chunks, whatever their size.
                let router = &chunked[text.len() % 2];
                let request = Gateway::graphql_request(&tenant, &text, variables.clone());
                let answer = Gateway::call_router(router, request).await;
                prop_assert_eq!(answer.text(), &*body, "{}", text);
                let count =
                    if answer.headers.contains_key("content-length") { &whole } else { &in_chunks };
                count.set(count.get() + 1);
            }
            Ok(())
        })
    });
    let (whole, in_chunks) = (whole.get(), in_chunks.get());
    assert!(in_chunks > whole, "{in_chunks} in chunks, {whole} whole");
}

/// The arguments from which those of a field are chosen.
fn arguments(of: &Reference<'_>, owner: &str, field: &str, nth: usize) -> Vec<Arguments> {
    let sessions = &of.history.sessions;
    let session = (!sessions.is_empty()).then(|| &sessions[nth % sessions.len()]);
    let id = session.map_or(404, |session| session.id);
    let quoted = |text: &str| json!(text).to_string();
    let ids = || {
        let technician = of.technicians().first().map_or(404, |it| of.technician_id(*it));
        [
            format!("session_{id}"),
            format!("technician_{technician}"),
            format!("chatMessage_{id}_{}", nth % 7),
            format!("video_{id}_{}", nth % 4),
            "session_404".to_owned(),
        ]
    };
    let size = |nth: usize| match nth % 6 {
        0 => Vec::new(),
        1 => vec![("first", "-1".to_owned())],
        2 | 3 => vec![("last", (nth % 5).to_string())],
        _ => vec![("first", (nth % 5).to_string())],
    };
    // A negative size is chosen seldom.
    let size = |nth: usize| if nth % 6 == 1 && nth < 200 { size(nth + 3) } else { size(nth) };
    let with = |more: Arguments| [size(nth), more].concat();
    let cursor = |tail: String| quoted(&of.cursor(&tail));
    match (owner, field) {
        // A number.
        ("Hold", "sessions") => vec![Vec::new()],
        (_, "sessions") => {
            let filters =
                ["{ answered: false }", "{ hasVideos: true }", "{ startMethod: { eq: AGENT } }"];
            let filter = ("filter", filters[nth % 3].to_owned());
            let [oldest, newest] = ["STARTED_AT_ASC", "STARTED_AT_DESC"].map(Order::named);
            let order = ORDERS[nth % ORDERS.len()];
            let by = |order: Order| ("orderBy", order.name.to_owned());
            let at = |order: Order| {
                cursor(session.map_or_else(|| format!("{}/0/1", order.tag), |it| order.cursor(it)))
            };
            vec![
                Vec::new(),
                with(vec![]),
                with(vec![filter.clone()]),
                with(vec![by(order)]),
                with(vec![by(order), filter.clone(), ("after", at(order))]),
                with(vec![by(order), ("before", at(order))]),
                with(vec![filter, ("after", at(newest))]),
                // The cursor of another order.
                with(vec![by(oldest), ("after", at(newest))]),
            ]
        }
        ("Query", "technicians") => vec![Vec::new(), with(vec![])],
        ("Query", "session") => vec![
            vec![("id", quoted(&format!("session_{id}")))],
            vec![("id", quoted("session_404"))],
        ],
        ("Query", "technician") => {
            let known = TECHNICIANS[nth % TECHNICIANS.len()].username;
            vec![vec![("username", quoted(&known.to_uppercase()))], vec![("username", quoted("x"))]]
        }
        ("Query", "node") => ids().map(|id| vec![("id", quoted(&id))]).to_vec(),
        ("Query", "nodes") => {
            let mut ids = ids().to_vec();
            ids.rotate_left(nth % 5);
            let some = ids.iter().take(nth % 4).cloned().collect::<Vec<_>>();
            [ids, some].map(|ids| vec![("ids", json!(ids).to_string())]).to_vec()
        }
        ("Session", "chatMessages") => vec![
            Vec::new(),
            with(vec![]),
            with(vec![("filter", "{ senderRole: { eq: CUSTOMER } }".to_owned())]),
            with(vec![]),
            with(vec![]),
            with(vec![("after", cursor(format!("c{id}/{}", nth % 9)))]),
            with(vec![("before", cursor(format!("c{id}/{}", nth % 9)))]),
        ],
        ("Session", "videos") => vec![
            Vec::new(),
            with(vec![]),
            with(vec![]),
            with(vec![("after", cursor(format!("v{id}/{}", nth % 4)))]),
        ],
        ("Session", "customFields") => {
            let fields = session.map(|session| &session.details.fields);
            let name = fields.and_then(|fields| fields.first()).map_or("none", |it| &it.0);
            vec![Vec::new(), vec![("name", quoted(name))], vec![("name", "null".to_owned())]]
        }
        _ => Vec::new(),
    }
}
