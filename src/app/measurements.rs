//! What the metrics read when they are asked for.

use super::App;

impl App {
    /// The metrics as a text, if they are counted.
    pub fn metrics_text(&self) -> Option<prometheus::Result<String>> {
        let metrics = self.metrics.as_ref()?;
        for (position, host) in self.store.host_usage().into_iter().enumerate() {
            let role = if host.is_replica { "replica" } else { "primary" };
            metrics.database.set_host(position, role, host.is_up);
            for (pool, usage) in host.pools {
                metrics.database.set_pool(position, pool, usage.in_use, usage.limit, usage.waiting);
            }
        }
        let (taken, limit) = (self.memory.taken(), self.memory.limit());
        metrics.callers.answer_memory.set(i64::try_from(taken).unwrap_or(i64::MAX));
        metrics.callers.answer_memory_limit.set(i64::try_from(limit).unwrap_or(i64::MAX));
        Some(metrics.text())
    }
}
