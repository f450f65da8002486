//! Random valid calls of the legacy URL. The answers are those of the contract, byte for byte.

mod answer;
mod call;
mod wire;

use proptest::{collection::vec, prelude::*};

use crate::{
    model::{self, history},
    support::{
        Gateway,
        database::{DatabaseKind, on_each_database},
    },
};

/// The number of calls of each history.
const CALLS: usize = 3;

on_each_database!(any_valid_legacy_call_has_the_answer_of_the_contract);
fn any_valid_legacy_call_has_the_answer_of_the_contract(on: DatabaseKind) {
    calls_are_answered(on, &[]);
}

on_each_database!(any_valid_legacy_call_has_the_same_answer_with_small_pages);
fn any_valid_legacy_call_has_the_same_answer_with_small_pages(on: DatabaseKind) {
    calls_are_answered(on, &["--legacy-page-size", "3", "--max-child-page-size", "2"]);
}

fn calls_are_answered(on: DatabaseKind, flags: &[&str]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let gateway = runtime.block_on(Gateway::start_with(on, flags));
    let cases = history::history().prop_flat_map(|history| {
        let calls = vec((call::call(&history), wire::dice()), CALLS);
        (Just(history), calls)
    });
    model::check(&cases, |(history, calls)| {
        runtime.block_on(async {
            let tenant = history.store(&gateway).await;
            for (call, mut dice) in calls {
                let (request, meaning) = wire::send(&call, &tenant.key, &mut dice);
                let sent = format!("{request:?}");
                let answer = gateway.call(request.into()).await;
                let expected = answer::body(&history.sessions, &meaning);
                prop_assert_eq!(answer.status, 200, "{}", &sent);
                prop_assert_eq!(
                    &answer.headers["content-type"],
                    meaning.content_type(),
                    "{}",
                    &sent
                );
                prop_assert_eq!(answer.text(), expected, "{}", &sent);
            }
            Ok(())
        })
    });
}
