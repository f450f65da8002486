//! A history in memory, and a second implementation of the documented rules.
//!
//! Nothing here calls the gateway: of its types only those of a record, to hand the history over.

pub mod history;
pub mod order;
pub mod session;
pub mod text;
pub mod time;

use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestCaseError, TestError, TestRunner},
};

/// Runs a property for as many cases as `PROPTEST_CASES` says, or else 256. What fails is printed
/// in the smallest form that was found, before the reason, and not kept in a file.
pub fn check<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { failure_persistence: None, ..Config::default() };
    match TestRunner::new(config).run(strategy, property) {
        Ok(()) => {}
        Err(TestError::Abort(reason)) => panic!("{reason}"),
        Err(TestError::Fail(reason, input)) => panic!("in: {input:?}\n{reason}"),
    }
}
