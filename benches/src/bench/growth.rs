//! The gateway with many and with few sessions: the cost of more sessions.

use std::sync::Arc;

use anyhow::Result;
use benches::{programs::Programs, workspace::Workspace};

use crate::{
    arguments::Arguments,
    fixture::Fixture,
    requests,
    rounds::{self, Runs, Servers},
};

/// The name of the gateway with fewer sessions in the report.
pub(crate) const NAME: &str = "smaller";

/// Measures the selected workloads with all sessions and with fewer.
pub(crate) async fn measure(
    arguments: &Arguments,
    programs: &Programs,
    workspace: &Workspace,
    sessions: usize,
) -> Result<Vec<Runs>> {
    let small = Fixture::of(NAME, sessions, arguments, programs, workspace).await?;
    let large = Fixture::make(arguments, programs, workspace).await?;
    let (gateway, other) = (large.gateway(programs).await?, small.gateway(programs).await?);
    let of_large = requests::workloads(arguments, &gateway, &large).await?;
    let of_small = requests::workloads(arguments, &other, &small).await?;
    let pairs: Vec<_> = of_large
        .into_iter()
        .zip(of_small)
        .map(|(large, small)| [large, small].map(Arc::new))
        .collect();
    let cluster = workspace.cluster_process();
    rounds::run(arguments, &pairs, &Servers { gateway, other, other_name: NAME, cluster }).await
}
