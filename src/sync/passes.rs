//! The mirror of a source: one pass for each start method, or one for all sessions of a source that does not filter by it.

use std::{
    collections::BTreeSet,
    ops::{Index, IndexMut},
    sync::Arc,
};

use entity::sync_source;

use super::{
    failure::RequestFailure,
    pass::Pass,
    plan::Rules,
    window::{ReadError, WholeAnswer},
};
use crate::{
    domain::{session::StartMethod, sync::TimeRange},
    error::Result,
    history::writer::Writer,
    ingest::style::DocumentStyle,
};

/// The passes, and the sessions in the last answer of each.
pub(super) struct Passes {
    passes: Vec<Pass>,
    last_ids: Vec<BTreeSet<i64>>,
}

impl Passes {
    /// Loads what was read before. With `only`, all sessions get this start method.
    pub(super) async fn load(
        writer: &Writer,
        source: &sync_source::Model,
        only: Option<StartMethod>,
        style: &Arc<DocumentStyle>,
        target: u64,
    ) -> Result<Self> {
        let mut passes = Vec::new();
        for method in StartMethod::ALL.into_iter().filter(|it| only.is_none_or(|only| only == *it))
        {
            passes.push(Pass::load(writer, source, method, style, target).await?);
        }
        Ok(Self { last_ids: vec![BTreeSet::new(); passes.len()], passes })
    }

    /// The newest range that is to be requested, and the index of its pass.
    pub(super) async fn next(
        &mut self,
        writer: &Writer,
        rules: &Rules,
        now: i64,
    ) -> Result<Option<(usize, TimeRange)>> {
        let mut newest: Option<(usize, TimeRange)> = None;
        for (index, pass) in self.passes.iter_mut().enumerate() {
            let range = pass.next(writer, rules, now).await?;
            if let Some(range) = range
                && newest.is_none_or(|(_, known)| range.end > known.end)
            {
                newest = Some((index, range));
            }
        }
        Ok(newest)
    }

    /// When the first of the ranges that failed may be requested again, if there is one.
    pub(super) fn next_retry(&self, rules: &Rules, now: i64) -> Option<i64> {
        self.passes.iter().filter_map(|pass| pass.next_retry(rules, now)).min()
    }

    /// Checks that a source filters by the start method: no session is in the answers for both.
    pub(super) fn check_method(
        &mut self,
        index: usize,
        answer: WholeAnswer,
    ) -> Result<WholeAnswer, ReadError> {
        let mut others = self.last_ids.iter().enumerate().filter(|(other, _)| *other != index);
        if let Some(id) = others.find_map(|(_, ids)| ids.intersection(&answer.ids).next()) {
            return Err(ReadError::Request(RequestFailure::Unfiltered(*id)));
        }
        self.last_ids[index].clone_from(&answer.ids);
        Ok(answer)
    }
}

impl Index<usize> for Passes {
    type Output = Pass;

    fn index(&self, index: usize) -> &Pass {
        &self.passes[index]
    }
}

impl IndexMut<usize> for Passes {
    fn index_mut(&mut self, index: usize) -> &mut Pass {
        &mut self.passes[index]
    }
}
