//! Jobs that one gateway at a time does: each has a row, which a gateway leases for a while.

use std::time::Duration;

use entity::job::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Cond, Expr, OnConflict},
};

use super::{
    cluster::{Event, JobEnd},
    database::Store,
    writes::commit,
};
use crate::{domain::time::Timestamp, error::Result};

/// A lease of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The name of the job.
    pub job: String,
    /// The name of the gateway, which no other has.
    pub holder: String,
    /// How long no other gateway does the job.
    pub duration: Duration,
}

impl Store {
    /// Creates the row of a job, if there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_job(&self, name: &str) -> Result<()> {
        self.retry_write(async || {
            let transaction = self.begin().await?;
            let (name, holder) = (name.to_owned(), String::new());
            let job = Model { name, holder, leased_until: 0, finished_at: 0 };
            let known = OnConflict::column(Column::Name).do_nothing_on([Column::Name]).to_owned();
            let insert = Entity::insert(job.into_active_model()).on_conflict(known);
            insert.exec_without_returning(&transaction).await?;
            commit(transaction).await
        })
        .await
    }

    /// Leases a job that another may have, which ends it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_job(&self, lease: &Lease, now: Timestamp) -> Result<()> {
        let values = [
            (Column::Holder, Expr::value(lease.holder.as_str())),
            (Column::LeasedUntil, Expr::value(lease.end(now))),
        ];
        self.update_job(lease, Cond::all(), &values).await.map(drop)
    }

    /// Leases a job, if no other gateway has it and it was not done since a time. Returns whether it is leased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_job(&self, lease: &Lease, now: Timestamp, since: Timestamp) -> Result<bool> {
        let free = Cond::all()
            .add(Column::LeasedUntil.lte(now.micros()))
            .add(Column::FinishedAt.lte(since.micros()));
        let values = [
            (Column::Holder, Expr::value(lease.holder.as_str())),
            (Column::LeasedUntil, Expr::value(lease.end(now))),
        ];
        self.update_job(lease, free, &values).await
    }

    /// Renews a lease. Returns whether this gateway still has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_lease(&self, lease: &Lease, now: Timestamp) -> Result<bool> {
        let values = [(Column::LeasedUntil, Expr::value(lease.end(now)))];
        self.update_job(lease, lease.is_held(), &values).await
    }

    /// Ends the lease of a run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_lease(&self, lease: &Lease, end: JobEnd) -> Result<()> {
        // Of the type of a renewal, which is the same prepared statement.
        let mut values = vec![(Column::LeasedUntil, Expr::value(0_i64))];
        if let JobEnd::Done(at) = end {
            values.push((Column::FinishedAt, Expr::value(at.micros())));
        }
        let ended = self.update_job(lease, lease.is_held(), &values).await.map(drop);
        self.hosts().observers.report(&Event::JobEnded { job: &lease.job, end });
        ended
    }

    /// Updates the row of a job, if it is as expected. Returns whether it is.
    async fn update_job(
        &self,
        lease: &Lease,
        expected: Cond,
        values: &[(Column, Expr)],
    ) -> Result<bool> {
        let expected = &expected;
        self.retry_write(move || self.update_job_once(lease, expected, values)).await
    }

    async fn update_job_once(
        &self,
        lease: &Lease,
        expected: &Cond,
        values: &[(Column, Expr)],
    ) -> Result<bool> {
        let transaction = self.begin().await?;
        let row = Entity::update_many().filter(Column::Name.eq(lease.job.as_str()));
        let mut update = row.filter(expected.clone());
        for (column, value) in values {
            update = update.col_expr(*column, value.clone());
        }
        let updated = update.exec(&transaction).await?;
        commit(transaction).await?;
        Ok(updated.rows_affected > 0)
    }
}

impl Lease {
    fn end(&self, now: Timestamp) -> i64 {
        let duration = i64::try_from(self.duration.as_micros()).unwrap_or(i64::MAX);
        now.micros().saturating_add(duration)
    }

    fn is_held(&self) -> Cond {
        Cond::all().add(Column::Holder.eq(self.holder.as_str()))
    }
}
