//! Fields that change the history: what is refused before the change, and the answer after it.

use std::sync::Arc;

use super::{
    super::{
        collect::CollectedField,
        compile::Compiler,
        fetch::Fetch,
        load::{LoadedRows, Source},
        template::{PageValue, RowValue, Template},
    },
    Answer, PlannedChange, Root, RootPlan, SiteId,
};
use crate::{
    error::{Error, Result},
    graphql::{
        context::Writes,
        definition::{FieldSource, MutationDefinition, Payload},
        enums::SessionOrder,
        mutations::{Change, Changed},
        types::mutation::MUTATION,
    },
    store::{
        Rows,
        page_range::PageRange,
        query::{ListQuery, Listing, RowKind},
        table::RecordResultTable,
    },
};

impl Root {
    /// Compiles a field of the root of mutations.
    pub(in crate::graphql::plan) fn of_mutation<'a>(
        compiler: &mut Compiler<'a>,
        field: &CollectedField<'a>,
    ) -> Self {
        let site = compiler.sites.add(field.first, None, false);
        let plan = match MUTATION.field(field.name()).map(|field| &field.source) {
            Some(FieldSource::Mutation(mutation)) => {
                PlannedChange::compile(compiler, mutation, field, site)
                    .map_or_else(RootPlan::Fails, |change| RootPlan::Change(Box::new(change)))
            }
            // A valid document selects no other field.
            _ => RootPlan::Json(format!("\"{}\"", MUTATION.name)),
        };
        Self { key: field.key.into(), nullable: false, site, plan }
    }

    /// Whether the field has failed.
    pub(in crate::graphql::plan) fn has_failed(&self) -> bool {
        matches!(self.plan, RootPlan::Fails(_))
    }

    /// Makes the change of the field, and reads its answer.
    pub(in crate::graphql::plan) async fn change(
        &mut self,
        writes: Writes<'_>,
        source: Source<'_>,
    ) {
        let plan = std::mem::replace(&mut self.plan, RootPlan::Json(String::new()));
        self.plan = match plan {
            RootPlan::Change(change) => {
                let changed = change.make(writes, source).await;
                changed.unwrap_or_else(|error| RootPlan::Fails(Arc::new(error)))
            }
            other => other,
        };
    }
}

impl PlannedChange {
    fn compile<'a>(
        compiler: &mut Compiler<'a>,
        mutation: &MutationDefinition,
        field: &CollectedField<'a>,
        site: SiteId,
    ) -> Result<Self, Arc<Error>> {
        compiler.request.check_scope(mutation.scope)?;
        let change = (mutation.change)(&compiler.arguments(field))?;
        let mut fetch = Fetch::default();
        let (answer, refusal) = match mutation.payload {
            Payload::Results(object) => {
                // Rows have a column, whatever is selected.
                fetch.column(RecordResultTable::OUTCOME);
                let results = compiler.results(object, field.sets(), site, &mut fetch);
                let refusal = page_refusal(&results);
                (Answer::Results(results), refusal)
            }
            Payload::Session(object) => {
                let session = compiler.object(object, field.sets(), site, &mut fetch);
                let refusal = row_refusal(&session);
                compiler.request.reader()?;
                (Answer::Session(session), refusal)
            }
            Payload::Row { object, column } => {
                // The row has a column, whatever is selected.
                fetch.column(column);
                (Answer::Row(compiler.object(object, field.sets(), site, &mut fetch)), None)
            }
        };
        // What cannot be answered is refused before the change.
        if !fetch.children.is_empty() {
            compiler.request.reader()?;
        }
        match refusal {
            Some(error) => Err(error),
            None => {
                let search = change.filter().map(|filter| {
                    let order = SessionOrder::default().0;
                    ListQuery::Sessions(Listing { filter: filter.clone(), order })
                });
                // All sessions that match are found.
                fetch.needs_total = search.is_some();
                Ok(Self { change, search, fetch, answer })
            }
        }
    }

    /// The maximum number of rows of the answer.
    pub(super) fn max_rows(&self) -> u64 {
        match &self.change {
            Change::Record(records) => records.len() as u64,
            Change::AppendChat(_) | Change::Remove(_) | Change::Hold(_) => 1,
        }
    }

    async fn make(self, writes: Writes<'_>, source: Source<'_>) -> Result<RootPlan> {
        let Self { change, search: _, fetch, answer } = self;
        let changed = change.make(writes, source.account).await?;
        Ok(match (answer, changed) {
            (Answer::Results(template), Changed::Recorded(results)) => {
                let rows = Arc::new(RecordResultTable::rows(&fetch.columns, results)?);
                let all = 0..rows.len();
                let range = PageRange::all(all.clone());
                let loaded = LoadedRows::load(source, &fetch, rows, all).await;
                RootPlan::LoadedPage { template, loaded, range, total: 0 }
            }
            (Answer::Session(template), Changed::Session(session)) => {
                let (kind, keys) = (RowKind::Session, [[session, 0]]);
                let Source { reads, account, .. } = source;
                let found = reads.rows_by_key(account, kind, &keys, &fetch.columns).await?;
                if found.rows.is_empty() {
                    return Err(Error::input(format!(
                        "The session {session} was deleted after the change."
                    )));
                }
                let loaded = LoadedRows::load(source, &fetch, found.rows, 0..1).await;
                RootPlan::LoadedRow { template, loaded }
            }
            (Answer::Row(template), Changed::Removed(result)) => {
                row_plan(template, result.rows(&fetch.columns)?)
            }
            (Answer::Row(template), Changed::Hold(hold)) => {
                row_plan(template, hold.rows(&fetch.columns)?)
            }
            _ => return Err(Error::internal("a change led to something else")),
        })
    }
}

/// A row that the gateway made, to which nothing belongs.
fn row_plan(template: Template<RowValue>, row: Rows) -> RootPlan {
    let loaded = LoadedRows { rows: Arc::new(row), children: Vec::new() };
    RootPlan::LoadedRow { template, loaded }
}

/// The error of a field of a row that fails for every row, if there is one.
fn row_refusal(template: &Template<RowValue>) -> Option<Arc<Error>> {
    template.placeholders().find_map(|it| match &it.value {
        RowValue::Fails(error) => Some(error.clone()),
        RowValue::Object(_, inner) | RowValue::Single(_, inner) | RowValue::List(_, _, inner) => {
            row_refusal(inner)
        }
        RowValue::Page(_, inner) => page_refusal(inner),
        _ => None,
    })
}

fn page_refusal(template: &Template<PageValue>) -> Option<Arc<Error>> {
    template.placeholders().find_map(|it| match &it.value {
        PageValue::Rows(inner) | PageValue::Whole(inner) => row_refusal(inner),
        _ => None,
    })
}
