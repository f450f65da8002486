//! Statistics of sessions, computed by the database.

use sea_orm::{
    ColumnTrait, EntityTrait, Order, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, Query, SelectStatement, SubQueryStatement},
};

use entity::session::{Column, Entity};

use super::{
    cluster::{Row, Rows},
    reads::Reads,
};
use crate::{
    domain::{
        number::grouped,
        page::PageRequest,
        statistics::{
            GroupColumn, Grouping, MAX_GROUPS, Statistics,
            calendar::{Calendar, DAY},
            period::first_day,
        },
        time::Timestamp,
        viewer::AccountId,
    },
    error::{Code, Error, Result},
};

mod column;
mod dialect;
mod key;
mod measures;
mod position;
mod sessions;
mod statement;
mod sweep;

use column::{Made, Selected, made, value};
pub use sessions::{ParentGroup, SessionsOfGroup};
use statement::Groups;

/// The years at which eras begin. Within an era, sessions are expected in few years: programs write the
/// years 1, 1601, 1899 and 1970 for a time that they do not know.
const ERAS: [i64; 8] = [1_600, 1_700, 1_890, 1_969, 1_980, 2_000, 2_040, 2_200];

impl Reads {
    /// The calendar of the time zone, where sessions start that match the filter. The zone is not needed
    /// without periods, hours and days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calendar(&self, account: AccountId, grouping: &Grouping) -> Result<Calendar> {
        if !grouping.has_zone() {
            return Ok(Calendar::new(&grouping.zone, &[]));
        }
        let years = ERAS.map(|year| first_day(year * 12) * DAY);
        let (first, last) = grouping.filter.start_range();
        let first = first.map_or(i64::MIN, Timestamp::micros);
        let last = last.map_or(i64::MAX, Timestamp::micros);
        let froms = std::iter::once(i64::MIN).chain(years);
        let eras = froms.zip(years.into_iter().map(|year| year - 1).chain([i64::MAX]));
        let mut select = Query::select();
        for (from, to) in eras {
            for order in [Order::Asc, Order::Desc] {
                let one = Entity::find()
                    .select_only()
                    .column(Column::StartedAt)
                    .filter(Column::AccountId.eq(account.0))
                    .filter(Column::StartedAt.gte(Ord::max(from, first)))
                    .filter(Column::StartedAt.lte(Ord::min(to, last)))
                    .into_query()
                    .order_by(Column::StartedAt, order)
                    .limit(1)
                    .take();
                select.expr(Expr::SubQuery(None, Box::new(SubQueryStatement::from(one))));
            }
        }
        let rows = self.rows(account, &select).await?;
        let mut ranges = Vec::new();
        if let Some(row) = rows.get(0) {
            for era in 0..=ERAS.len() {
                let (from, to) = (row.opt_i64(2 * era)?, row.opt_i64(2 * era + 1)?);
                ranges.extend(from.zip(to));
            }
        }
        Ok(Calendar::new(&grouping.zone, &ranges))
    }

    /// These columns of a page of groups, one more than requested if there are more, and the number of groups
    /// on all pages. A column that is none is null. The number of groups costs a statement of its own only
    /// where no group is on the page.
    ///
    /// # Errors
    /// When the database fails, or there are too many groups.
    pub async fn groups(
        &self,
        account: AccountId,
        statistics: &Statistics,
        calendar: &Calendar,
        page: &PageRequest,
        columns: &[Option<GroupColumn>],
    ) -> Result<(Rows, u64)> {
        let after = page.after.as_ref().map(|after| statistics.decode_position(after));
        let after = after.transpose()?;
        let groups = self.compile(account, statistics, calendar, columns);
        let mut selected = Selected::default();
        let mut made: Vec<_> = columns
            .iter()
            .map(|column| match column {
                Some(column) => made(column, statistics, &groups, &mut selected),
                None => Made::Null,
            })
            .collect();
        if made.is_empty() {
            // A request may ask only whether there are groups.
            made.push(Made::Null);
        }
        let position: Vec<_> =
            groups.order().into_iter().map(|(column, _)| selected.index(column)).collect();
        let select = groups.page(&selected.0, after.as_ref(), page.size);
        let rows = self.rows_of_groups(account, &groups, &select).await?;
        let total = match rows.get(0) {
            Some(first) => count(first)?,
            None => self.count_of(account, &groups).await?,
        };
        let row = |row: Row<'_>| {
            made.iter()
                .map(|column| value(column, row, statistics, calendar, &position))
                .collect::<Result<Vec<_>>>()
        };
        let made_rows = rows.iter().map(row).collect::<Result<_>>()?;
        Ok((Rows::made(made.len(), made_rows)?, total))
    }

    /// The number of groups on all pages.
    ///
    /// # Errors
    /// When the database fails, or there are too many groups.
    pub async fn group_count(
        &self,
        account: AccountId,
        statistics: &Statistics,
        calendar: &Calendar,
    ) -> Result<u64> {
        self.count_of(account, &self.compile(account, statistics, calendar, &[])).await
    }

    async fn count_of(&self, account: AccountId, groups: &Groups<'_>) -> Result<u64> {
        let rows = self.rows_of_groups(account, groups, &groups.count()).await?;
        rows.get(0).map_or(Ok(0), count)
    }

    async fn rows_of_groups(
        &self,
        account: AccountId,
        groups: &Groups<'_>,
        select: &SelectStatement,
    ) -> Result<Rows> {
        match groups.is_in_index() {
            true => self.rows(account, select).await,
            false => self.rows_planned_each_time(account, select).await,
        }
    }

    fn compile<'a>(
        &self,
        account: AccountId,
        statistics: &'a Statistics,
        calendar: &Calendar,
        columns: &[Option<GroupColumn>],
    ) -> Groups<'a> {
        let measures = columns.iter().filter_map(|column| match column {
            Some(GroupColumn::Measure(measure)) => Some(*measure),
            _ => None,
        });
        Groups::new(account, self.backend(), statistics, calendar, measures)
    }
}

/// The number of groups that match, if there are not too many groups.
fn count(row: Row<'_>) -> Result<u64> {
    if row.i64(0)?.unsigned_abs() > MAX_GROUPS {
        let message = format!(
            "The statistics have more than {} groups. Restrict the filter, or group by fewer criteria or by \
             longer periods.",
            grouped(MAX_GROUPS)
        );
        return Err(Error::client(Code::QueryTooComplex, message));
    }
    Ok(row.i64(1)?.unsigned_abs())
}
