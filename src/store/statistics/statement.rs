//! The statements of statistics, in levels: the sessions, windows over the sessions of each group, the
//! groups, the number of groups, and the page.

use entity::{custom_field, technician};
use sea_orm::{
    ColumnTrait, DbBackend, Order,
    sea_query::{
        Alias, Asterisk, Expr, ExprTrait, JoinType, Query, SelectStatement,
        extension::mysql::{IndexHintScope, MySqlSelectStatementExt},
    },
};

use super::{
    dialect::Dialect,
    key::{Part, parts},
    measures::{measure, session_columns, window_columns},
    position::after_position,
    sweep,
};
use crate::{
    domain::{
        filter::{Comparison, Filter, SessionCondition, SessionFilter, SessionTime},
        statistics::{
            Criterion, MAX_GROUPS, Statistics, calendar::Calendar, measure::Measure,
            position::GroupPosition,
        },
        viewer::AccountId,
    },
    store::{filter::Target, query::session::restricted},
};

/// The groups of a request, as SQL.
pub(super) struct Groups<'a> {
    account: AccountId,
    statistics: &'a Statistics,
    dialect: Dialect,
    pub(super) parts: Vec<Part>,
    /// The measures, of which the nth is the column `m` with this number.
    measures: Vec<Measure>,
}

impl<'a> Groups<'a> {
    /// The groups, with these measures and those that the request itself needs.
    pub(super) fn new(
        account: AccountId,
        backend: DbBackend,
        statistics: &'a Statistics,
        calendar: &Calendar,
        measures: impl Iterator<Item = Measure>,
    ) -> Self {
        let dialect = Dialect(backend);
        let parts = parts(&statistics.grouping, calendar, dialect);
        let mut all = Vec::new();
        let having = statistics.having.iter().map(|(measure, ..)| *measure);
        for measure in measures.chain(having).chain(statistics.order.by) {
            if !all.contains(&measure) {
                all.push(measure);
            }
        }
        Self { account, statistics, dialect, parts, measures: all }
    }

    /// The column of a measure.
    pub(super) fn measure(&self, measure: Measure) -> String {
        let index = self.measures.iter().position(|known| *known == measure);
        index.map_or_else(|| "NULL".to_owned(), |index| format!("m{index}"))
    }

    /// The columns that sort the groups, and whether each sorts downwards. A technician is sorted by user
    /// name.
    pub(super) fn order(&self) -> Vec<(String, bool)> {
        let order = &self.statistics.order;
        let keys_down = order.by.is_none() && !order.ascending;
        let is_technician = self.technician();
        let keys = (0..self.parts.len()).map(|part| {
            let column = if Some(part) == is_technician {
                "username".to_owned()
            } else {
                format!("k{part}")
            };
            (column, keys_down)
        });
        let by = order.by.map(|by| (self.measure(by), !order.ascending));
        by.into_iter().chain(keys).collect()
    }

    /// The part of the key that is the technician.
    fn technician(&self) -> Option<usize> {
        self.statistics.grouping.part_of(|it| *it == Criterion::Technician)
    }

    /// Whether the index by start has all that is read of sessions. Then a range of it is the best plan for all values.
    /// PostgreSQL does not see the range: it would expect a group for each session of a long one, and sort them.
    pub(super) fn is_in_index(&self) -> bool {
        let grouping = &self.statistics.grouping;
        is_range_of_starts(&grouping.filter)
            && !self.measures.contains(&Measure::DistinctComputers)
            && grouping.criteria.iter().all(|criterion| match criterion {
                Criterion::Technician
                | Criterion::Answered
                | Criterion::HasVideos
                | Criterion::Period(_)
                | Criterion::HourOfDay
                | Criterion::DayOfWeek => true,
                Criterion::Text(_)
                | Criterion::Computer
                | Criterion::StartMethod
                | Criterion::CustomField(_) => false,
            })
    }

    fn keys(&self) -> Vec<String> {
        (0..self.parts.len()).map(|part| format!("k{part}")).collect()
    }

    /// The sessions: `k` columns of the key, `x` its texts as they are spelled, and what the measures use.
    fn sessions(&self) -> SelectStatement {
        let filter = &self.statistics.grouping.filter;
        let target = match self.is_in_index() {
            true => Target::to_count(self.account, self.dialect.0, filter),
            false => Target::new(self.account, self.dialect.0),
        };
        let mut select = restricted(target, filter);
        if self.dialect.0 == DbBackend::MySql && is_range_of_starts(filter) {
            // MariaDB would read the rows of all sessions by another index.
            select.force_index("session_by_start", IndexHintScope::All);
        }
        let columns = session_columns(&self.measures, self.dialect);
        for (index, part) in self.parts.iter().enumerate() {
            let is_technician = self.technician() == Some(index);
            match is_technician && columns.iter().any(|(name, _)| !matches!(*name, "s" | "t")) {
                true => add(&mut select, &self.dialect.unordered(&part.sql), &format!("k{index}")),
                false => add(&mut select, &part.sql, &format!("k{index}")),
            }
            if let Some(spelled) = &part.spelled {
                add(&mut select, spelled, &format!("x{index}"));
            }
        }
        if columns.is_empty() && self.parts.is_empty() {
            add(&mut select, "1", "s");
        }
        for (name, sql) in columns {
            add(&mut select, &sql, name);
        }
        for (index, criterion) in self.statistics.grouping.criteria.iter().enumerate() {
            if let Criterion::CustomField(name) = criterion {
                let alias = Alias::new(format!("field{index}"));
                let of = Expr::cust(format!("field{index}.session_id = session.id"));
                let values = self.field_values(name);
                select.join_subquery(JoinType::LeftJoin, values, alias, of);
            }
        }
        select
    }

    /// The values of a custom field, each once for a session.
    fn field_values(&self, name: &str) -> SelectStatement {
        use custom_field::Column;
        let spelled = self.dialect.first_text("custom_field.value");
        Query::select()
            .from(custom_field::Entity)
            .expr(Expr::cust("custom_field.session_id"))
            .expr(Expr::cust("custom_field.value_folded"))
            .expr_as(Expr::cust(spelled), Alias::new("spelled"))
            .and_where(Column::AccountId.eq(self.account.0))
            .and_where(Column::NameFolded.eq(name))
            .and_where(Column::ValueFolded.is_not_null())
            .add_group_by(["custom_field.session_id", "custom_field.value_folded"].map(Expr::cust))
            .take()
    }

    /// The groups: the key, its texts, and the measures. One more than the limit at most.
    fn groups(&self) -> SelectStatement {
        let keys = self.keys();
        let mut from = self.sessions();
        let mut count = "COUNT(*)";
        if self.dialect.sweeps() && self.measures.contains(&Measure::BusyMicros) {
            from = self.starts_and_ends(from);
            count = sweep::COUNT;
        }
        let windows = window_columns(&self.measures, &keys, self.dialect);
        if !windows.is_empty() {
            let mut outer =
                Query::select().column(Asterisk).from_subquery(from, Alias::new("q")).take();
            for (name, sql) in windows {
                add(&mut outer, &sql, name);
            }
            from = outer;
        }
        let mut select = Query::select().from_subquery(from, Alias::new("w")).take();
        for (index, part) in self.parts.iter().enumerate() {
            add(&mut select, &format!("k{index}"), &format!("k{index}"));
            if part.spelled.is_some() {
                let first = self.dialect.first_text(&format!("x{index}"));
                add(&mut select, &first, &format!("x{index}"));
            }
        }
        for (index, of) in self.measures.iter().enumerate() {
            add(&mut select, &measure(*of, count, self.dialect), &format!("m{index}"));
        }
        if self.parts.is_empty() {
            if self.measures.is_empty() {
                add(&mut select, "COUNT(*)", "m0");
            }
        } else {
            select.add_group_by(keys.into_iter().map(Expr::cust)).limit(MAX_GROUPS + 1);
        }
        select
    }

    fn starts_and_ends(&self, sessions: SelectStatement) -> SelectStatement {
        let spelled = self.parts.iter().enumerate().filter(|(_, part)| part.spelled.is_some());
        let spelled = spelled.map(|(index, _)| format!("x{index}"));
        let keys: Vec<_> = self.keys().into_iter().chain(spelled).collect();
        let columns = session_columns(&self.measures, self.dialect);
        let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
        sweep::starts_and_ends(sessions, &keys, &names)
    }

    /// The condition on the measures of a group.
    fn having(&self) -> String {
        let tests = self.statistics.having.iter().map(|(measure, comparison, value)| {
            let operator = match comparison {
                Comparison::Eq => "=",
                Comparison::Gt => ">",
                Comparison::Gte => ">=",
                Comparison::Lt => "<",
                Comparison::Lte => "<=",
            };
            format!("{} {operator} {value}", self.measure(*measure))
        });
        let tests: Vec<_> = tests.collect();
        if tests.is_empty() { "1 = 1".to_owned() } else { tests.join(" AND ") }
    }

    /// The number of groups, and the number of those that match.
    fn counts(&self) -> [String; 2] {
        let matching = format!("SUM(CASE WHEN {} THEN 1 ELSE 0 END)", self.having());
        ["COUNT(*)".to_owned(), matching]
    }

    /// Selects the number of groups, and the number of those that match.
    pub(super) fn count(&self) -> SelectStatement {
        let mut select = Query::select().from_subquery(self.groups(), Alias::new("g")).take();
        for sql in self.counts() {
            select.expr(Expr::cust(self.dialect.number(&format!("COALESCE({sql}, 0)"))));
        }
        select
    }

    /// Selects these columns of a page of the groups, after the number of groups and the number of those
    /// that match.
    pub(super) fn page(
        &self,
        columns: &[String],
        after: Option<&GroupPosition>,
        size: u32,
    ) -> SelectStatement {
        let mut counted = Query::select().from_subquery(self.groups(), Alias::new("g")).take();
        counted.expr(Expr::cust("g.*"));
        for (sql, name) in self.counts().iter().zip(["group_count", "matching"]) {
            let over = format!("{sql} OVER ()");
            add(&mut counted, &self.dialect.number(&over), name);
        }
        if let Some(part) = self.technician() {
            add(&mut counted, "technician.username_folded", "username");
            let of = Expr::cust(format!("technician.id = g.k{part}"))
                .and(technician::Column::AccountId.eq(self.account.0));
            counted.left_join(technician::Entity, of);
        }
        let mut select = Query::select().from_subquery(counted, Alias::new("p")).take();
        for column in ["group_count".to_owned(), "matching".to_owned()].iter().chain(columns) {
            select.expr(Expr::cust(column.clone()));
        }
        select.and_where(Expr::cust(self.having()));
        let order = self.order();
        if let Some(after) = after {
            select.cond_where(after_position(&order, after));
        }
        for (column, downwards) in order {
            let direction = if downwards { Order::Desc } else { Order::Asc };
            select.order_by_expr(Expr::cust(Dialect::nulls_last(&column)), direction.clone());
            select.order_by_expr(Expr::cust(column), direction);
        }
        select.limit(u64::from(size) + 1);
        select
    }
}

/// Whether a filter tests nothing but starts.
fn is_range_of_starts(filter: &SessionFilter) -> bool {
    match filter {
        Filter::Is(SessionCondition::Time(time, ..)) => *time == SessionTime::StartedAt,
        Filter::All(parts) => parts.iter().all(is_range_of_starts),
        _ => false,
    }
}

fn add(select: &mut SelectStatement, sql: &str, name: &str) {
    select.expr_as(Expr::cust(sql.to_owned()), Alias::new(name));
}
