//! A page of a search in an SQLite file. Its index has the rows in the order of starts, so only the sessions of the page are
//! read.

use entity::session::{Column, Entity};
use sea_orm::{
    ColumnTrait, Order,
    sea_query::{CommonTableExpression, Cond, Expr, JoinType, Query, SelectStatement, UnionType},
};

use super::{
    number::{FREE_BITS, first_number, last_number},
    page::SearchPage,
};
use crate::store::{
    filter::{matching, search::has_words},
    keyset::Key,
    tokens::{TokenSet, index_query},
};

const INDEX: &str = "session_words_index";
const ROW: &str = "session_words_index.rowid";

impl SearchPage<'_> {
    /// The sessions of the page, of those that are found, which may be more.
    pub(super) fn select_in_file(&self) -> SelectStatement {
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
