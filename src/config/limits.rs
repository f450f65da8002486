//! The limits of a request.

use clap::{
    Args,
    builder::{RangedI64ValueParser, RangedU64ValueParser},
    value_parser,
};

/// The limits of a request. A request beyond one of them is answered with an error.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Maximum size of a request body, in bytes.
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_BODY_BYTES",
        value_name = "N",
        default_value_t = 262_144,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=1 << 30)
    )]
    pub max_body_bytes: usize,
    /// Items of a page if the request has no page size.
    #[arg(long, env = "SESSION_HISTORY_DEFAULT_PAGE_SIZE", value_name = "N", default_value_t = 25,
        value_parser = page_size())]
    pub default_page_size: u32,
    /// Maximum number of sessions or technicians of a page.
    #[arg(long, env = "SESSION_HISTORY_MAX_PAGE_SIZE", value_name = "N", default_value_t = 200,
        value_parser = page_size())]
    pub max_page_size: u32,
    /// Maximum number of chat messages or videos of a page.
    #[arg(long, env = "SESSION_HISTORY_MAX_CHILD_PAGE_SIZE", value_name = "N", default_value_t = 500,
        value_parser = page_size())]
    pub max_child_page_size: u32,
    /// Maximum number of sessions that a long answer (of the legacy URL or of a bulk request) reads at
    /// once.
    #[arg(long, env = "SESSION_HISTORY_LEGACY_PAGE_SIZE", value_name = "N", default_value_t = 1_000,
        value_parser = page_size())]
    pub legacy_page_size: u32,
    /// Maximum number of selected fields of a document, with its fragments expanded.
    #[arg(
        long,
        env = "SESSION_HISTORY_MAX_SELECTIONS",
        value_name = "N",
        default_value_t = 10_000,
        value_parser = positive()
    )]
    pub max_selections: u32,
    /// Maximum depth of nested fields, without introspection.
    #[arg(long, env = "SESSION_HISTORY_MAX_DEPTH", value_name = "N", default_value_t = 15,
        value_parser = positive())]
    pub max_depth: u32,
    /// Maximum cost of a request: the sum of its fields, each multiplied by the page sizes around
    /// it.
    #[arg(long, env = "SESSION_HISTORY_MAX_COST", value_name = "N", default_value_t = 100_000,
        value_parser = positive())]
    pub max_cost: u32,
    /// Maximum number of times that one selection set selects the same field, with or without aliases.
    #[arg(long, env = "SESSION_HISTORY_MAX_ALIASES", value_name = "N", default_value_t = 30,
        value_parser = positive())]
    pub max_aliases: u32,
    /// Maximum length of a list in the input.
    #[arg(long, env = "SESSION_HISTORY_MAX_LIST", value_name = "N", default_value_t = 250,
        value_parser = positive())]
    pub max_list: u32,
    /// Maximum number of validation errors in an answer.
    #[arg(long, env = "SESSION_HISTORY_MAX_ERRORS", value_name = "N", default_value_t = 5,
        value_parser = positive())]
    pub max_errors: u32,
    /// Maximum size of an answer, in bytes: of its text, and of the rows that it is made of.
    #[arg(long, env = "SESSION_HISTORY_MAX_ANSWER_BYTES", value_name = "N", default_value_t = 67_108_864,
        value_parser = value_parser!(u32).range(65_536..=1 << 30))]
    pub max_answer_bytes: u32,
    /// Maximum memory of all answers together, in bytes. The answers of one account take at most half of
    /// it.
    #[arg(
        long,
        env = "SESSION_HISTORY_ANSWER_MEMORY",
        value_name = "N",
        default_value_t = 134_217_728,
        value_parser = RangedU64ValueParser::<usize>::new().range(131_072..=1 << 40)
    )]
    pub answer_memory: usize,
}

impl Limits {
    /// Checks settings that depend on each other.
    ///
    /// # Errors
    /// When the default size of a page is larger than the maximum, or one answer can be larger than the
    /// memory of an account.
    pub fn check(&self) -> Result<(), String> {
        let (answer, memory) = (self.max_answer_bytes, self.answer_memory);
        if memory / 2 < answer as usize {
            return Err(format!(
                "max_answer_bytes is {answer} and answer_memory is {memory}: the memory of all answers \
                 must be at least twice the maximum size of one"
            ));
        }
        let (default, max) = (self.default_page_size, self.max_page_size);
        if default > max {
            return Err(format!(
                "default_page_size is {default} and max_page_size is {max}: the default must not \
                 be larger than the maximum"
            ));
        }
        Ok(())
    }
}

fn page_size() -> RangedI64ValueParser<u32> {
    value_parser!(u32).range(1..=10_000)
}

fn positive() -> RangedI64ValueParser<u32> {
    value_parser!(u32).range(1..=2_000_000_000)
}
