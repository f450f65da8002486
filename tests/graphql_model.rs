//! Random GraphQL filters, orders and pages, answered as the contract says.

mod coverage;
pub mod filter;
mod literal;
mod pages;
pub mod reference_filter;

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    model::{
        self,
        history::{self, History},
        order::{ORDERS, Order},
        session::Session,
    },
    support::{
        Gateway, Tenant,
        database::{DatabaseKind, on_each_database},
    },
};

/// The requests about each history.
const QUESTIONS: usize = 4;

/// What is asked.
#[derive(Clone, Debug)]
pub struct ModelRequest {
    filter: Value,
    order: Order,
    pages: pages::Pages,
    children: pages::Children,
    /// Whether the filters stand in the document, else they are variables.
    literal: bool,
}

/// Where it is asked, and what is known there.
pub struct ModelGateway<'a> {
    gateway: &'a Gateway,
    tenant: &'a Tenant,
    history: &'a History,
    limits: Limits,
}

/// The page sizes of a gateway.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    default: usize,
    sessions: usize,
    children: usize,
}

on_each_database!(any_filter_order_and_page_of_sessions_is_answered_as_the_contract_says);
fn any_filter_order_and_page_of_sessions_is_answered_as_the_contract_says(on: DatabaseKind) {
    questions_are_answered(on, &[], Limits { default: 25, sessions: 200, children: 500 });
}

on_each_database!(any_filter_order_and_page_is_answered_under_small_limits);
fn any_filter_order_and_page_is_answered_under_small_limits(on: DatabaseKind) {
    let flags = ["--max-page-size", "3", "--default-page-size", "3", "--max-child-page-size", "2"];
    questions_are_answered(on, &flags, Limits { default: 3, sessions: 3, children: 2 });
}

on_each_database!(async not_by_somebody_unknown_is_every_session);
async fn not_by_somebody_unknown_is_every_session(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let sessions = json!([
        { "id": 1, "date_start": "2011-01-03", "tech_username": "ann" },
        { "id": 2, "date_start": "2011-01-03" },
    ]);
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    let query = "{ sessions(filter: {not: {technician: {username: {eq: \"bob\"}}}}) {
        totalCount nodes { legacyId } } }";
    let data = gateway.data(&tenant, query, json!({})).await;
    let ids = json!([{ "legacyId": "2" }, { "legacyId": "1" }]);
    assert_eq!(data["sessions"], json!({ "totalCount": 2, "nodes": ids }));
}

fn questions_are_answered(on: DatabaseKind, flags: &[&str], limits: Limits) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let gateway = runtime.block_on(Gateway::start_with(on, flags));
    let cases = history::history().prop_flat_map(move |history| {
        let requests = vec(request(&history, limits), QUESTIONS);
        (Just(history), requests)
    });
    model::check(&cases, |(history, requests)| {
        runtime.block_on(async {
            let tenant = history.store(&gateway).await;
            let model =
                ModelGateway { gateway: &gateway, tenant: &tenant, history: &history, limits };
            for request in requests {
                model.sessions(&request).await?;
                model.technicians(&request).await?;
            }
            Ok(())
        })
    });
}

fn request(history: &History, limits: Limits) -> impl Strategy<Value = ModelRequest> + use<> {
    let rest = (pages::pages(limits), pages::children(history, limits), any::<bool>());
    (filter::sessions(history), select(ORDERS.to_vec()), rest).prop_map(
        |(filter, order, (pages, children, literal))| ModelRequest {
            filter,
            order,
            pages,
            children,
            literal,
        },
    )
}

impl ModelRequest {
    /// The sessions that match, in its order.
    fn sessions<'a>(&self, of: impl Iterator<Item = &'a Session>) -> Vec<&'a Session> {
        let mut kept: Vec<_> =
            of.filter(|session| reference_filter::session(&self.filter, session)).collect();
        kept.sort_by(|one, other| self.order.compare(one, other));
        kept
    }
}
