//! A page of a search on PostgreSQL, whose rows of words have the starts of sessions. It does not see the query, so that it
//! plans each statement once.
//!
//! The index of words finds the sessions with the tokens: all, or those of some periods, which are sorted. If many sessions
//! match, they are tested in the order of another index. The words of sessions are tested in this order until the page is full.

use entity::session::{Column, Entity};
use sea_orm::{
    ColumnTrait, Order, Value,
    sea_query::{Asterisk, Cond, Expr, JoinType, Query, SelectStatement},
};

use super::{
    page::SearchPage,
    periods::{OF_START, Periods},
};
use crate::{
    domain::page::PageRequest,
    store::{
        cluster::Rows,
        filter::{matching, search::has_words},
        keyset::Key,
        tokens::{TokenSet, index_query, tokens_decide},
    },
};

/// The rows of words that may be of a page.
#[derive(Clone, Copy)]
enum Candidates {
    /// All with the tokens.
    WithTokens,
    /// Those with the tokens that start in some periods.
    InPeriods(Periods),
    /// All, in the order of their starts.
    InOrder,
}

/// A page of a search from some periods.
pub(in crate::store) struct PeriodPage {
    pub(in crate::store) select: SelectStatement,
    /// Whether the periods have all sessions of the list.
    is_whole: bool,
    /// Whether there are no rows if a session was stored that comes before those of the periods.
    is_guarded: bool,
}

impl PeriodPage {
    /// Whether these rows are the page, and not only some rows of it.
    pub(in crate::store) fn is_complete(&self, rows: &Rows, page: &PageRequest) -> bool {
        let is_full = u64::try_from(rows.len()).is_ok_and(|rows| rows >= Key::rows_of(page));
        is_full || self.is_whole && !(self.is_guarded && rows.is_empty())
    }
}

impl SearchPage<'_> {
    /// Sessions whose first are the page and one session more, sorted.
    pub(super) fn select_by_start(&self) -> SelectStatement {
        self.select_of(match self.search.plan.is_common {
            true => Candidates::InOrder,
            false => Candidates::WithTokens,
        })
    }

    /// The same, from some periods, if it is known in which the sessions are.
    pub(in crate::store) fn in_periods(&self) -> Option<PeriodPage> {
        let spread = self.search.plan.spread?;
        let ascending = matches!(self.key.direction(self.page.end), Order::Asc);
        let rows = Key::rows_of(self.page);
        let periods = Periods::of_first(rows, &spread, self.starts, ascending)?;
        let ([from, to], [first, last]) = (self.starts, periods.times());
        let reaches = [from.is_some_and(|from| first <= from), to.is_some_and(|to| to <= last)];
        let [is_whole, has_first] = if ascending { [reaches[1], reaches[0]] } else { reaches };
        let mut select = self.select_of(Candidates::InPeriods(periods));
        if !has_first {
            let (all_start, end) = match ascending {
                true => (
                    "(SELECT MIN(started_at) FROM session_words WHERE account_id = $1) >= $2",
                    first,
                ),
                false => (
                    "(SELECT MAX(started_at) FROM session_words WHERE account_id = $1) <= $2",
                    last,
                ),
            };
            select.and_where(Expr::cust_with_values(all_start, [self.target.account.0, end]));
        }
        Some(PeriodPage { select, is_whole, is_guarded: !has_first })
    }

    fn select_of(&self, candidates: Candidates) -> SelectStatement {
        let (account, direction) = (self.target.account.0, self.key.direction(self.page.end));
        let query =
            index_query(self.target.backend, self.target.account, TokenSet::All, self.search);
        // Other forms of the conditions are tests for which an index cannot be used: in a plan for all values, PostgreSQL
        // expects short ranges and few sessions with the tokens. Of `CASE` it expects that half of the rows match, so that it
        // reads them in the order of the list also in a small account.
        let (with_tokens, starts) = match candidates {
            Candidates::InOrder => (
                "CASE WHEN tokens @@ (SELECT CAST($1 AS tsquery)) THEN TRUE ELSE FALSE END",
                ["started_at >= $1", "started_at <= $1"],
            ),
            _ => (
                "tokens @@ (SELECT CAST($1 AS tsquery))",
                ["(started_at >= $1) IS TRUE", "(started_at <= $1) IS TRUE"],
            ),
        };
        let mut words = Query::select()
            .columns(["session_id", "started_at"])
            .from("session_words")
            .and_where(Expr::cust_with_values("account_id = $1", [account]))
            .and_where(Expr::cust_with_values(with_tokens, [query]))
            .take();
        for (start, test) in self.starts.into_iter().zip(starts) {
            if let Some(start) = start {
                words.and_where(Expr::cust_with_values(test, [start]));
            }
        }
        if let Candidates::InPeriods(periods) = candidates {
            let [first, last, step] = periods.values();
            let series = format!(
                "ARRAY(SELECT generate_series((SELECT CAST($1 AS bigint)), (SELECT CAST($2 AS bigint)), {step}))"
            );
            words.and_where(Expr::cust_with_values(
                format!("{OF_START} && {series}"),
                [first, last],
            ));
        }
        // All rows with the tokens are sorted without their texts, because they may be many.
        let (target, has_words) = match candidates {
            Candidates::WithTokens => {
                let mut has_words = has_words(self.search, self.target);
                if tokens_decide(self.search) {
                    words.expr_as(self.all_tokens_are_stored(), "all_stored");
                    has_words = Cond::any().add(Expr::cust("found.all_stored")).add(has_words);
                }
                (self.target, has_words)
            }
            Candidates::InPeriods(_) | Candidates::InOrder => {
                words.column("words");
                let at_hand = self.target.with_words_at_hand();
                (at_hand, has_words(self.search, at_hand))
            }
        };
        if !matches!(candidates, Candidates::InOrder) {
            words
                .order_by("started_at", direction.clone())
                .order_by("session_id", direction.clone())
                .offset(0);
        }
        // The sessions are read one by one, until the page is full: PostgreSQL might otherwise join in another order.
        let mut session = Query::select()
            .column((Entity, Asterisk))
            .from(Entity)
            .and_where(Column::AccountId.eq(account))
            .and_where(Expr::cust("session.id = found.session_id"))
            .cond_where(has_words)
            .cond_where(matching(&self.filter, target))
            .limit(1)
            .take();
        self.key.between(&mut session, self.page);
        Query::select()
            .from_subquery(words, "found")
            .join_lateral(JoinType::InnerJoin, session, Entity, Expr::cust("TRUE"))
            .order_by(("found", "started_at"), direction.clone())
            .order_by(("found", "session_id"), direction)
            .take()
    }

    /// Whether no session of the account has too many words for the index. It is a column of the rows of words: PostgreSQL would
    /// count the cost of a condition on sessions for each of them.
    fn all_tokens_are_stored(&self) -> Expr {
        let account = self.target.account;
        let token = TokenSet::All.of_many_words(account);
        // A count, because PostgreSQL would look for a first session from the start of the table.
        Expr::cust_with_values(
            "(SELECT COUNT(*) FROM session_words \
             WHERE tokens @@ (SELECT CAST($1 AS tsquery)) AND account_id = $2) = 0",
            [Value::from(token), account.0.into()],
        )
    }
}
