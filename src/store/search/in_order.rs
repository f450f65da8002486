//! A page of the sessions that match a search, in the order of their starts, without reading all that match.
//!
//! The index of an SQLite file has its rows in this order, so only the sessions of the page are read. On
//! PostgreSQL the rows of words have the starts: those with the tokens are sorted, or, if many sessions match, tested
//! in the order of an index. The words of sessions are tested in this order until the page is full.

use entity::session::{Column, Entity};
use sea_orm::{
    ColumnTrait, DbBackend, Order, Value,
    sea_query::{
        Asterisk, CommonTableExpression, Cond, Expr, JoinType, Query, SelectStatement, UnionType,
    },
};

use super::number::{FREE_BITS, first_number, last_number};
use crate::{
    domain::{
        filter::{SessionFilter, index::SessionIndex},
        page::{KeyValue, PageRequest},
        search::Search,
        time::Timestamp,
    },
    store::{
        filter::{Target, matching, search::has_words},
        keyset::Key,
        order::Order as ListOrder,
        tokens::{TokenSet, index_query, tokens_decide},
    },
};

const INDEX: &str = "session_words_index";
const ROW: &str = "session_words_index.rowid";

/// A page of sessions that match a search.
pub(in crate::store) struct SearchPage<'a> {
    target: Target,
    /// The search that the index answers.
    search: &'a Search,
    /// The other conditions. Searches are tests of the words of a session.
    filter: SessionFilter,
    /// Whether only the words of a session tell whether it is in the page.
    is_of_words: bool,
    /// The first and the last start of sessions between the cursors and in the range of starts.
    starts: [Option<i64>; 2],
    key: Key,
    page: &'a PageRequest,
}

impl<'a> SearchPage<'a> {
    /// The page, if the index has the sessions in the order of the page, and no other index finds few.
    pub(in crate::store) fn new(
        target: Target,
        filter: &'a SessionFilter,
        order: &ListOrder,
        page: &'a PageRequest,
    ) -> Option<Self> {
        if target.backend == DbBackend::MySql || order.index != SessionIndex::Start {
            return None;
        }
        let search = filter.search_in_order()?;
        let (from, to) = filter.start_range();
        let (mut from, mut to) = (from.map(Timestamp::micros), to.map(Timestamp::micros));
        for (position, is_from) in
            [(&page.after, order.ascending), (&page.before, !order.ascending)]
        {
            match position.as_ref().and_then(|position| position.0.first()) {
                Some(KeyValue::Number(start)) if is_from => {
                    from = from.into_iter().chain([*start]).max();
                }
                Some(KeyValue::Number(start)) => to = to.into_iter().chain([*start]).min(),
                _ => {}
            }
        }
        // The words of each session are tested.
        let filter = filter.without_search_in_order().mark_common(|_| true);
        let is_of_words =
            filter.has_only_searches() && page.after.is_none() && page.before.is_none();
        Some(Self {
            target,
            search,
            filter,
            is_of_words,
            starts: [from, to],
            key: Key::of(order, target.backend),
            page,
        })
    }

    /// Sessions whose first are the page and one session more, sorted.
    pub(in crate::store) fn select(&self) -> SelectStatement {
        match self.target.backend {
            DbBackend::Sqlite => self.select_in_file(),
            _ => self.select_by_start(),
        }
    }

    /// The same in an SQLite file, of the sessions that are found, which may be more.
    fn select_in_file(&self) -> SelectStatement {
        let mut select = Query::select()
            .from(Entity)
            .and_where(Column::AccountId.eq(self.target.account.0))
            .and_where(Column::Id.in_subquery(self.found_in_file()))
            .take();
        self.key.order(&mut select, self.page.end);
        select
    }

    /// The numbers of the sessions of the page, of one session more, and of those that start in the same second as the last
    /// of them, in an SQLite file.
    fn found_in_file(&self) -> SelectStatement {
        let direction = self.key.direction(self.page.end);
        // The numbers of the second of the last session that are not in the page.
        let of_others = |number: &str| match direction {
            Order::Desc => format!(
                "{number} >= (SELECT MIN(number) FROM page) >> {FREE_BITS} << {FREE_BITS} \
                 AND {number} < (SELECT MIN(number) FROM page)"
            ),
            _ => format!(
                "{number} > (SELECT MAX(number) FROM page) \
                 AND {number} < ((SELECT MAX(number) FROM page) >> {FREE_BITS}) + 1 << {FREE_BITS}"
            ),
        };
        let mut page = Query::select()
            .expr_as(Expr::cust(ROW), "number")
            .from(INDEX)
            .order_by_expr(Expr::cust(ROW), direction.clone())
            .limit(Key::rows_of(self.page))
            .take();
        self.restrict(&mut page);
        let page = CommonTableExpression::new().table_name("page").query(page).to_owned();
        // If no others start in this second, the index is not read again.
        let others = Query::select()
            .expr(Expr::cust("1"))
            .from("session_words")
            .and_where(Expr::cust(of_others("number")))
            .limit(1)
            .take();
        let mut rest = Query::select()
            .from_subquery(others, "others")
            .join(JoinType::CrossJoin, INDEX, Cond::all())
            .and_where(Expr::cust(of_others(ROW)))
            .take();
        self.restrict(&mut rest);
        Query::select().with_cte(page).column("id").from("page").union(UnionType::All, rest).take()
    }

    /// The same on PostgreSQL, which does not see the query, so that it plans the statement once.
    fn select_by_start(&self) -> SelectStatement {
        let (account, direction) = (self.target.account.0, self.key.direction(self.page.end));
        let query =
            index_query(self.target.backend, self.target.account, TokenSet::All, self.search);
        let test = match self.search.is_common {
            // A form for which the index of tokens cannot be used.
            true => "(tokens @@ (SELECT CAST($1 AS tsquery))) IS TRUE",
            false => "tokens @@ (SELECT CAST($1 AS tsquery))",
        };
        let mut words = Query::select()
            .columns(["session_id", "started_at"])
            .from("session_words")
            .and_where(Expr::cust_with_values("account_id = $1", [account]))
            .and_where(Expr::cust_with_values(test, [query]))
            .take();
        let tests = match self.search.is_common {
            true => ["started_at >= $1", "started_at <= $1"],
            // Forms for which the index of starts cannot be used: in a plan for all values, PostgreSQL expects short ranges.
            false => ["(started_at >= $1) IS TRUE", "(started_at <= $1) IS TRUE"],
        };
        for (start, test) in self.starts.into_iter().zip(tests) {
            if let Some(start) = start {
                words.and_where(Expr::cust_with_values(test, [start]));
            }
        }
        let (target, has_words) = if self.search.is_common {
            words.column("words");
            let at_hand = self.target.with_words_at_hand();
            (at_hand, has_words(self.search, at_hand))
        } else {
            // The rows are sorted, without their texts, before anything of the sessions is read.
            words
                .order_by("started_at", direction.clone())
                .order_by("session_id", direction.clone())
                .offset(0);
            (self.target, self.tokens_or_words_match())
        };
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

    /// The condition that a session with the tokens matches the search, on PostgreSQL.
    fn tokens_or_words_match(&self) -> Cond {
        let has_words = has_words(self.search, self.target);
        if !tokens_decide(self.search) {
            return has_words;
        }
        let account = self.target.account;
        let token = TokenSet::All.of_many_words(account);
        // A count, because PostgreSQL would look for a first session from the start of the table.
        let tokens_of_all_are_stored = Expr::cust_with_values(
            "(SELECT COUNT(*) FROM session_words \
             WHERE tokens @@ (SELECT CAST($1 AS tsquery)) AND account_id = $2) = 0",
            [Value::from(token), account.0.into()],
        );
        Cond::any().add(tokens_of_all_are_stored).add(has_words)
    }

    /// Selects the sessions of the rows of the index that match, in an SQLite file.
    fn restrict(&self, select: &mut SelectStatement) {
        let Self { target, search, .. } = self;
        let account = target.account;
        let query = index_query(target.backend, account, TokenSet::All, search);
        // A cross join of SQLite is done in the order of the tables.
        select
            .expr_as(Expr::cust("found.session_id"), "id")
            .join_as(JoinType::CrossJoin, "session_words", "found", Cond::all())
            .and_where(Expr::cust("found.number = session_words_index.rowid"))
            .and_where(Expr::cust_with_values("found.account_id = ?", [account.0]))
            .and_where(Expr::cust_with_values("session_words_index MATCH ?", [query]));
        if !self.is_of_words {
            select
                .join(JoinType::CrossJoin, Entity, Cond::all())
                .and_where(Expr::cust("session.id = found.session_id"))
                .and_where(Column::AccountId.eq(account.0));
        }
        let at_hand = target.with_words_at_hand();
        select.cond_where(has_words(search, at_hand)).cond_where(matching(&self.filter, at_hand));
        let [from, to] = self.starts;
        let last = |start| last_number(first_number(start));
        let numbers = [from.map(first_number), to.map(last)];
        for (number, comparison) in numbers.into_iter().zip([">=", "<="]) {
            if let Some(number) = number {
                select.and_where(Expr::cust_with_values(format!("{ROW} {comparison} ?"), [number]));
            }
        }
        self.key.between(select, self.page);
    }
}
