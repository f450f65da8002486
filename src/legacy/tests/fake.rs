//! A GraphQL server with its sessions in a list, and with the pages of the schema.

use std::{
    future::{Ready, ready},
    sync::{Arc, Mutex},
};

use async_graphql::Request as Query;
use bytes::Bytes;
use futures_util::TryStreamExt;
use serde_json::{Value as Json, json};

use crate::{
    error::Code,
    legacy::{LegacyError, LegacyRequest, PageSizes, Params, answer, answer_single_page},
};

/// Page sizes for one page.
pub(super) const WIDE: PageSizes = PageSizes { sessions: 10_000, children: 10_000 };

/// The server. It records the variables of each query.
#[derive(Clone, Default)]
pub(super) struct Fake {
    pub(super) sessions: Arc<Vec<Json>>,
    pub(super) asked: Arc<Mutex<Vec<Json>>>,
    /// The query that fails, counted from 0, and the code of its error.
    pub(super) fails: Option<(usize, Code)>,
    /// The maximum number of items of a page. Larger pages are too complex.
    pub(super) max_page: Option<u64>,
}

impl Fake {
    pub(super) fn new(sessions: Vec<Json>) -> Self {
        Self { sessions: Arc::new(sessions), ..Self::default() }
    }

    pub(super) fn asked(&self) -> Vec<Json> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn execute(&self, query: Query) -> Ready<Result<Vec<u8>, Code>> {
        async_graphql::parser::parse_query(&query.query).unwrap();
        let variables = query.variables.clone().into_value().into_json().unwrap();
        let mut asked = self.asked.lock().unwrap();
        asked.push(variables.clone());
        if let Some((_, code)) = self.fails.filter(|(at, _)| *at == asked.len() - 1) {
            return ready(Err(code));
        }
        let is_larger = |size: &str| variables[size].as_u64() > self.max_page;
        if self.max_page.is_some() && (is_larger("first") || is_larger("children")) {
            return ready(Err(Code::QueryTooComplex));
        }
        ready(Ok(self.data(&query.query, &variables).to_string().into_bytes()))
    }

    fn data(&self, document: &str, variables: &Json) -> Json {
        if let Some(id) = variables["id"].as_str() {
            let list = if document.contains("MoreVideos") { "videos" } else { "chatMessages" };
            let session = self.sessions.iter().find(|session| session["id"] == id).unwrap();
            return json!({ "session": { list: page(&session[list], &variables["first"], &variables["after"]) } });
        }
        let mut sessions = json!(*self.sessions);
        for session in sessions.as_array_mut().unwrap() {
            for list in ["chatMessages", "videos"] {
                if variables["children"].is_u64() && session.get(list).is_some() {
                    session[list] = page(&session[list], &variables["children"], &Json::Null);
                }
            }
        }
        let mut page = page(&sessions, &variables["first"], &variables["after"]);
        if variables["count"] == true {
            page["totalCount"] = json!(self.sessions.len());
        }
        json!({ "sessions": page })
    }
}

fn page(all: &Json, first: &Json, after: &Json) -> Json {
    let from = after.as_str().map_or(0, |after| after.parse().unwrap());
    let all = all.as_array().unwrap();
    let to = all.len().min(from + first.as_u64().unwrap() as usize);
    json!({
        "pageInfo": { "hasNextPage": to < all.len(), "endCursor": to.to_string() },
        "nodes": all[from..to],
    })
}

/// The chunks of the answer to a query string.
pub(super) async fn chunks(
    fake: &Fake,
    sizes: PageSizes,
    query: &str,
) -> Result<Vec<String>, LegacyError> {
    let fake = fake.clone();
    let request = LegacyRequest::parse(&Params::parse(query.as_bytes(), None))?;
    let text = |chunk: Bytes| String::from_utf8(chunk.to_vec()).unwrap();
    if let Some(body) = answer_single_page(&request, sizes, |query| fake.execute(query)).await? {
        // The stream has the same bytes.
        let again = answer(request, sizes, move |query| fake.execute(query)).await?;
        let again: Vec<_> = again.map_ok(text).try_collect().await?;
        assert_eq!(again.concat(), text(body.clone()));
        return Ok(vec![text(body)]);
    }
    let stream = answer(request, sizes, move |query| fake.execute(query)).await?;
    stream.map_ok(text).try_collect().await
}

/// The whole answer.
pub(super) async fn body(fake: &Fake, sizes: PageSizes, query: &str) -> String {
    chunks(fake, sizes, query).await.unwrap().concat()
}

/// The session of an answer with one session, without the envelope.
pub(super) async fn one(session: Json, query: &str) -> String {
    let body = body(&Fake::new(vec![session]), WIDE, query).await;
    let session = match body.split_once("<request>") {
        Some((_, rest)) => rest.split_once("</request>").unwrap().0,
        None => {
            body.strip_prefix(r#"{"nrequests":1,"requests":["#).unwrap().strip_suffix("]}").unwrap()
        }
    };
    session.to_owned()
}
