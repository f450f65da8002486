//! A search for words: the index finds sessions that may match, and their words decide.

use entity::{session, session_token, session_words};
use sea_orm::{
    ColumnTrait, DbBackend, IntoSimpleExpr,
    sea_query::{Cond, Expr, ExprTrait, Query, SubQueryStatement},
};

use super::{Target, contains};
use crate::{
    domain::search::Search,
    store::tokens::{TokenSet, index_query, required_tokens},
};

/// Of these sessions of the sample the words are tested, however many have the tokens.
const MAX_OF_SAMPLE: &str = " LIMIT 100";

/// The condition that a session matches a search.
pub(super) fn search(search: &Search, target: Target) -> Cond {
    let by_index = !search.plan.is_common && search.required().next().is_some();
    let found = by_index.then(|| found_by_index(search, TokenSet::All, target));
    Cond::all().add_option(found).add(has_words(search, target))
}

/// The condition that a session is in the sample and matches a search.
pub(in crate::store) fn in_sample(search: &Search, target: Target) -> Cond {
    Cond::all().add(found_by_index(search, TokenSet::Sample, target)).add(has_words(search, target))
}

/// The condition that the index has a session for the required words.
fn found_by_index(search: &Search, set: TokenSet, target: Target) -> Cond {
    let found = match target.backend {
        DbBackend::MySql => return has_tokens(search, set, target),
        DbBackend::Sqlite => {
            "session.id IN (SELECT found.session_id FROM session_words_index \
             CROSS JOIN session_words AS found ON found.number = session_words_index.rowid \
             WHERE session_words_index MATCH ? AND found.account_id = ?$limit)"
        }
        // An array, because PostgreSQL might otherwise join in another order. It does not see the query, so that it plans
        // the statement once.
        _ => {
            "session.id = ANY(ARRAY(SELECT session_id FROM session_words \
             WHERE tokens @@ (SELECT CAST($1 AS tsquery)) AND account_id = $2$limit))"
        }
    };
    let limit = if set == TokenSet::Sample { MAX_OF_SAMPLE } else { "" };
    let query = index_query(target.backend, target.account, set, search);
    let values = [Expr::value(query), Expr::value(target.account.0)];
    Cond::all().add(Expr::cust_with_exprs(found.replace("$limit", limit), values))
}

/// The condition that a session has a row for each token of the required words, on MySQL and MariaDB.
fn has_tokens(search: &Search, set: TokenSet, target: Target) -> Cond {
    use session_token::{Column, Entity};
    let many_words = set.of_many_words(target.account);
    let tokens = required_tokens(target.account, set, search);
    tokens.fold(Cond::all(), |all, (token, is_prefix)| {
        let token = match is_prefix {
            // A token has no character that a pattern would read otherwise.
            true => Column::Token.like(format!("{token}%")),
            false => Column::Token.eq(token.into_bytes()),
        };
        let found = Query::select()
            .column(Column::SessionId)
            .from(Entity)
            .and_where(Column::AccountId.eq(target.account.0))
            .and_where(token.or(Column::Token.eq(many_words.clone().into_bytes())))
            .take();
        all.add(session::Column::Id.in_subquery(found))
    })
}

/// The condition that the words of a session have all terms.
pub(in crate::store) fn has_words(search: &Search, target: Target) -> Cond {
    search.terms().iter().fold(Cond::all(), |all, term| {
        let end = if term.is_prefix { "" } else { " " };
        let part = format!(" {}{end}", term.words.join(" "));
        let row = row_with(&part, target);
        let at_hand = target
            .words_at_hand
            .then(|| contains(target.backend, Expr::cust("found.words"), &part));
        all.add(match (at_hand, term.is_negated) {
            (None, true) => row.is_null(),
            (None, false) => row.is_not_null(),
            (Some(at_hand), true) => at_hand.not().and(row.is_null()),
            (Some(at_hand), false) => at_hand.or(row.is_not_null()),
        })
    })
}

/// A row of the session's words with these words, other than the first if that is at hand, or null. It is a value and not
/// a condition, because databases make joins of conditions, and may test the words of all sessions.
fn row_with(part: &str, target: Target) -> Expr {
    use session_words::{Column, Entity};
    let mut row = Query::select()
        .expr(Expr::cust("1"))
        .from(Entity)
        .and_where(Column::AccountId.eq(target.account.0))
        .take();
    let session = Column::SessionId.into_simple_expr();
    if target.words_at_hand {
        // The 1 is a part of the text. As a value, PostgreSQL would plan each execution.
        let rest = Expr::cust("session_words.seq > 1");
        row.and_where(session.eq(Expr::cust("found.session_id"))).and_where(rest);
    } else {
        row.and_where(session.eq(session::Column::Id.into_simple_expr()));
    }
    row.and_where(contains(target.backend, Column::Words.into_simple_expr(), part)).limit(1);
    Expr::SubQuery(None, Box::new(SubQueryStatement::from(row)))
}
