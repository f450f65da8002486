//! The sessions of groups: a page of each group, in one statement, or in a few for very many groups.

use std::collections::BTreeMap;

use entity::{custom_field, session::Column};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QuerySelect, QueryTrait, Value,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, SqliteQueryBuilder},
};

use super::{
    dialect::Dialect,
    key::{day_of_week, folded_column, hour_of_day},
};
use crate::{
    domain::{
        filter::SessionText,
        page::{KeyValue, PageRequest},
        statistics::{Criterion, Grouping, calendar::Calendar, group_key::GroupKey},
        viewer::AccountId,
    },
    error::{Error, Result},
    store::{
        cluster::Rows,
        column::{ColumnRef, with_column},
        keyset::sql_value,
        order::Order,
        page_range::ChildRows,
        query::session::{
            Listing, MAX_BRANCHES, MAX_SELECT_VALUES, Restriction, of_technician, page_of,
            union_all,
        },
        reads::Reads,
        table::{SessionGroupTable, SessionTable},
    },
};

/// The maximum number of values of the condition that a session is of a group, in each of two sections.
const MAX_KEY_VALUES: usize = 2 * 9;

/// A page of the sessions of each of several groups.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionsOfGroup {
    /// The groups of all sessions that match.
    pub grouping: Grouping,
    /// The order of the sessions of a group.
    pub order: &'static Order,
    /// The page.
    pub page: PageRequest,
    /// The groups whose sessions are read, by number.
    pub groups: BTreeMap<i64, ParentGroup>,
}

/// A group whose sessions are read.
#[derive(Clone, Debug, PartialEq)]
pub struct ParentGroup {
    /// The encoded key.
    pub key: String,
    /// The number of its sessions.
    pub count: u64,
}

impl SessionsOfGroup {
    /// The number of sessions of each of these groups.
    pub(in crate::store) fn counts(&self, groups: &[i64]) -> BTreeMap<i64, u64> {
        let count = |number: &i64| Some((*number, self.groups.get(number)?.count));
        groups.iter().filter_map(count).collect()
    }

    /// The keys of these groups. Those without a value follow each other, so that statements have few texts.
    fn keys(&self, groups: &[i64]) -> Result<Vec<(i64, GroupKey)>> {
        let groups = groups.iter().filter_map(|number| self.groups.get_key_value(number));
        let keys = groups.map(|(number, group)| Some((*number, GroupKey::decode(&group.key)?)));
        let mut keys: Vec<_> = keys
            .collect::<Option<_>>()
            .ok_or_else(|| Error::internal("the key of a group is not one"))?;
        keys.sort_by_key(|(_, key)| key.0.iter().map(Option::is_none).collect::<Vec<_>>());
        Ok(keys)
    }
}

/// The maximum number of offsets of a zone in a statement. The time in which SQLite prepares a statement grows with the square of
/// the number of its constants.
const MAX_OFFSETS: usize = 2_000;

impl Reads {
    /// These columns of a page of the sessions of each of these groups.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::store) async fn session_rows_by_group(
        &self,
        account: AccountId,
        groups: &[i64],
        query: &SessionsOfGroup,
        columns: &[ColumnRef],
    ) -> Result<ChildRows> {
        let listing = Listing { filter: query.grouping.filter.clone(), order: query.order };
        let listing = &*self.with_plan(account, &listing).await?;
        let conditions = self.conditions(account, &query.grouping).await?;
        let (columns, number_column) = with_column(columns, SessionGroupTable::NUMBER);
        let of_table = columns.iter().copied().filter(|it| *it != SessionGroupTable::NUMBER);
        let (of_table, _) = with_column(&of_table.collect::<Vec<_>>(), SessionTable::ID);
        let page_of = |restrict: &dyn Fn(&mut SelectStatement) -> Restriction| {
            page_of(self.target(account), listing, &query.page, &of_table, restrict)
        };
        let none = page_of(&|select| {
            select.and_where(Expr::cust("1 = 0"));
            Restriction::default()
        });
        let (_, values) = none.build(SqliteQueryBuilder);
        let most = MAX_SELECT_VALUES / (values.0.len() + MAX_KEY_VALUES + 1);
        let most = most.min(MAX_OFFSETS / conditions.offsets().max(1)).clamp(1, MAX_BRANCHES);
        let mut rows = Rows::default();
        for groups in query.keys(groups)?.chunks(most) {
            // Of few lengths, so that the statement stays prepared.
            let padding = groups.len().next_power_of_two().min(most) - groups.len();
            let pages = groups.iter().map(|(number, key)| {
                (*number, page_of(&|select| conditions.restrict(select, key)))
            });
            let pages = pages.chain(std::iter::repeat_n((0, none.clone()), padding));
            let branches = pages.map(|(number, page)| conditions.numbered(page, number, &columns));
            if let Some(select) = union_all(branches) {
                rows.append(self.rows(account, &select).await?)?;
            }
        }
        ChildRows::group(rows, number_column, Some(&query.page))
    }

    async fn conditions<'a>(
        &self,
        account: AccountId,
        grouping: &'a Grouping,
    ) -> Result<GroupConditions<'a>> {
        // The key has the beginning and the end of a period.
        let calendar = match grouping.criteria.iter().any(is_clock) {
            true => self.calendar(account, grouping).await?,
            false => Calendar::new(&grouping.zone, &[]),
        };
        Ok(GroupConditions { account, grouping, calendar, dialect: Dialect(self.backend()) })
    }
}

/// Whether a session is in a group by what the local clock shows.
fn is_clock(criterion: &Criterion) -> bool {
    matches!(criterion, Criterion::HourOfDay | Criterion::DayOfWeek)
}

/// The conditions that a session is of a group.
struct GroupConditions<'a> {
    account: AccountId,
    grouping: &'a Grouping,
    calendar: Calendar,
    dialect: Dialect,
}

impl GroupConditions<'_> {
    /// The number of offsets of a zone in the conditions of a group.
    fn offsets(&self) -> usize {
        let clock = self.calendar.clock();
        let criteria = self.grouping.criteria.iter().filter(|criterion| is_clock(criterion));
        criteria.count() * (clock.segments.len() + clock.cycle.len())
    }

    /// These columns of a page of the sessions of a group, with the number of the group among them.
    fn numbered(
        &self,
        page: SelectStatement,
        number: i64,
        columns: &[ColumnRef],
    ) -> SelectStatement {
        let mut select = Query::select();
        for column in columns {
            select.expr(match *column == SessionGroupTable::NUMBER {
                true => self.dialect.value(number),
                false => Expr::cust(column.selected_name("session")),
            });
        }
        select.from_subquery(page, "page").take()
    }

    /// Restricts a select to the sessions of the group with this key.
    fn restrict(&self, select: &mut SelectStatement, key: &GroupKey) -> Restriction {
        let mut bounds = Vec::new();
        let mut values = key.0.iter().map(Option::as_ref);
        for criterion in &self.grouping.criteria {
            let mut next = || values.next().flatten();
            let is_yes = |value: Option<&KeyValue>| value == Some(&KeyValue::Number(1));
            let condition = match criterion {
                Criterion::Technician => match next() {
                    Some(KeyValue::Number(technician)) => {
                        of_technician(select, *technician, self.dialect.0);
                        continue;
                    }
                    _ => Column::TechnicianId.is_null(),
                },
                Criterion::Text(text) => same(folded_column(*text), next()),
                Criterion::Computer => {
                    let name = next();
                    select.and_where(same(folded_column(SessionText::ComputerName), name));
                    match (name, next()) {
                        // All computers without a name are one group.
                        (None, _) => continue,
                        (_, domain) => same(folded_column(SessionText::ComputerDomain), domain),
                    }
                }
                Criterion::StartMethod => same("session.start_method".to_owned(), next()),
                Criterion::Answered => match is_yes(next()) {
                    true => Column::TechnicianId.is_not_null(),
                    false => Column::TechnicianId.is_null(),
                },
                Criterion::HasVideos => match is_yes(next()) {
                    true => Column::VideoCount.gt(0),
                    false => Column::VideoCount.lte(0),
                },
                Criterion::Period(_) => {
                    let mut bound = || next().map_or(Value::BigInt(None), sql_value);
                    bounds.push(Column::StartedAt.gte(bound()));
                    bounds.push(Column::StartedAt.lt(bound()));
                    continue;
                }
                Criterion::HourOfDay => same(hour_of_day(&self.calendar, self.dialect), next()),
                Criterion::DayOfWeek => same(day_of_week(&self.calendar, self.dialect), next()),
                Criterion::CustomField(name) => self.custom_field(name, next()),
            };
            select.and_where(condition);
        }
        Restriction { has_index: self.grouping.has_index(), bounds }
    }

    /// The condition that a session has this value of a custom field, or no value.
    fn custom_field(&self, name: &str, value: Option<&KeyValue>) -> Expr {
        use custom_field::Column as Field;
        let fields = custom_field::Entity::find()
            .select_only()
            .column(Field::SessionId)
            .filter(Field::AccountId.eq(self.account.0))
            .filter(Field::NameFolded.eq(name));
        let id = Column::Id.into_simple_expr();
        match value {
            Some(value) => {
                id.in_subquery(fields.filter(Field::ValueFolded.eq(sql_value(value))).into_query())
            }
            None => {
                let of_session = Field::SessionId.into_simple_expr().eq(id);
                let fields = fields.filter(Field::ValueFolded.is_not_null()).filter(of_session);
                Expr::exists(fields.into_query()).not()
            }
        }
    }
}

/// The condition that an expression has a value, or none.
fn same(sql: String, value: Option<&KeyValue>) -> Expr {
    match value {
        Some(value) => Expr::cust(sql).eq(sql_value(value)),
        None => Expr::cust(sql).is_null(),
    }
}
