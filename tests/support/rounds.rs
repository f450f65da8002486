//! How often the tests that depend on chance are repeated.

/// The number of rounds of a test: the value of `TEST_ROUNDS`, or else a few.
#[expect(clippy::disallowed_methods, reason = "the gateway has no part in this")]
pub fn rounds(few: usize) -> usize {
    std::env::var("TEST_ROUNDS").map_or(few, |rounds| rounds.parse().unwrap())
}

/// Shows what the rounds had, with `--nocapture`.
#[expect(clippy::print_stdout, reason = "for people who run many rounds")]
pub fn report(text: &str) {
    println!("{text}");
}
