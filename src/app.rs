//! The running gateway: what all requests share.

use std::{sync::Arc, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{self, Introspection},
    domain::{
        legacy_end::LegacyEnd,
        read_rate::ReadRate,
        time::Clock,
        viewer::{AccountId, Viewer},
    },
    graphql::{
        Schema,
        context::{Budget, RequestContext, Writes},
        limits::{Limits, ServiceLimits},
    },
    legacy::Profile,
    metrics::Metrics,
    store::{Reads, Store, account_size::AccountSizes, memory::MemoryBudget},
};

pub mod caller;
mod export_slot;
pub mod feed;
mod feed_pages;
pub mod keys;
pub mod legacy_usage;
mod measurements;
pub mod mirror_metrics;
pub mod proxies;
mod store_events;
mod wrong_keys;

use caller::Caller;
use feed_pages::FeedPages;
use keys::Keys;
use legacy_usage::LegacyUsage;
use mirror_metrics::MirrorMetrics;
use proxies::TrustedProxies;

/// What all requests share. Clones are cheap.
#[derive(Clone)]
pub struct App {
    /// The GraphQL schema.
    pub schema: Schema,
    /// The database.
    pub store: Store,
    /// The keys of callers.
    pub keys: Arc<Keys>,
    /// The calls of the legacy URL.
    pub legacy_usage: LegacyUsage,
    /// The memory of answers.
    pub memory: MemoryBudget,
    clock: Clock,
    /// The sizes of accounts, for the price of requests.
    account_sizes: AccountSizes,
    /// The limits of a caller's request.
    pub limits: Arc<Limits>,
    /// The limits of the gateway's own requests, whose pages may be larger.
    internal_limits: Arc<Limits>,
    /// The limits of a request over a WebSocket, whose answer is one message.
    socket_limits: Arc<Limits>,
    /// The changes that callers requested. They end before the server stops, also if their callers left.
    pub changes: TaskTracker,
    /// The pages of the change feed that are read or sent now.
    feed_pages: Arc<FeedPages>,
    /// Cancelled when the server stops: streams and WebSockets end.
    pub stopping: CancellationToken,
    /// The proxies whose headers are believed.
    pub proxies: Arc<TrustedProxies>,
    /// The shape of the answers of the legacy URL.
    pub legacy_profile: Arc<Profile>,
    /// What is counted, if the metrics are served.
    pub metrics: Option<Arc<Metrics>>,
    /// The other settings.
    pub settings: Arc<Settings>,
}

/// The settings of a running gateway.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The maximum size of a request body, in bytes.
    pub max_body_bytes: usize,
    /// The path below which the gateway is served. Empty if it is the root.
    pub base_path: String,
    /// The origins whose web pages may call the gateway.
    pub allowed_origins: Vec<String>,
    /// The request headers that these web pages may send, beside those that the gateway reads.
    pub allowed_headers: Vec<String>,
    /// Whether the schema can be read without a key.
    pub open_schema: bool,
    /// The number of sessions in each query of a legacy answer.
    pub legacy_page_size: u32,
    /// The maximum time of a GraphQL request.
    pub request_timeout: Duration,
    /// Whether errors of the legacy URL have a status code other than 200.
    pub legacy_status: bool,
    /// The end of the legacy URL, if it has one.
    pub legacy_end: LegacyEnd,
    /// The maximum time that a long answer waits for others to end.
    pub export_wait: Duration,
    /// How fast a client must read a long answer.
    pub read_rate: ReadRate,
    /// Whether a text in CSV that a spreadsheet could run as a formula gets an apostrophe before it.
    pub csv_disarm_formulas: bool,
    /// How long a valid key is cached.
    pub key_cache: Duration,
    /// The maximum time until a WebSocket tells who its caller is.
    pub init_timeout: Duration,
    /// The time between two signs of life of a stream or a WebSocket.
    pub keep_alive: Duration,
    /// The maximum number of operations of a WebSocket in progress.
    pub max_socket_operations: usize,
}

impl App {
    /// The gateway over a database.
    pub fn new(
        store: Store,
        server: &config::Server,
        connections: &config::Connections,
        limits: &config::Limits,
        clock: Clock,
        metrics: Option<Arc<Metrics>>,
    ) -> Self {
        metrics.iter().for_each(|metrics| store_events::count(&store, metrics));
        if server.otlp_endpoint.is_some() {
            store_events::trace(&store);
        }
        let settings = Settings {
            max_body_bytes: limits.max_body_bytes,
            base_path: server
                .base_path
                .as_ref()
                .map(|path| path.as_str().to_owned())
                .unwrap_or_default(),
            allowed_origins: server.allowed_origins.clone(),
            allowed_headers: server.allowed_headers.clone(),
            open_schema: server.introspection == Introspection::All,
            legacy_page_size: limits.legacy_page_size,
            request_timeout: Duration::from_secs(server.request_timeout),
            legacy_status: server.legacy_status,
            legacy_end: LegacyEnd::new(server.legacy_deprecation, server.legacy_sunset),
            export_wait: Duration::from_secs(server.callers.export_wait),
            read_rate: ReadRate::new(connections.stall_rate, connections.stall_timeout),
            csv_disarm_formulas: server.csv_disarm_formulas,
            key_cache: Duration::from_secs(server.key_cache),
            init_timeout: Duration::from_secs(connections.head_timeout.into()),
            keep_alive: Duration::from_secs(connections.keep_alive.into()),
            max_socket_operations: server.callers.max_socket_operations,
        };
        let memory = MemoryBudget::new(limits.answer_memory, limits.max_answer_bytes as usize);
        let introspection = server.introspection != Introspection::Off;
        let limits = Limits { introspection, ..Limits::from((limits, server, connections)) };
        let key_cache = settings.key_cache;
        let max_page_size = limits.max_page_size.max(settings.legacy_page_size);
        Self {
            schema: Schema::build(),
            keys: Arc::new(Keys::new(
                store.clone(),
                clock,
                key_cache,
                server.callers.clone(),
                metrics.clone(),
            )),
            legacy_usage: LegacyUsage::new(store.clone(), clock),
            clock,
            account_sizes: AccountSizes::new(store.clone()),
            changes: TaskTracker::new(),
            store,
            memory,
            proxies: Arc::new(TrustedProxies::new(server.callers.trusted_proxies.clone())),
            internal_limits: Arc::new(Limits { max_page_size, ..limits.clone() }),
            socket_limits: Arc::new(Limits {
                whole_answer: limits.max_answer_bytes as usize,
                ..limits.clone()
            }),
            feed_pages: Arc::default(),
            stopping: CancellationToken::new(),
            metrics,
            limits: Arc::new(limits),
            legacy_profile: Arc::default(),
            settings: Arc::new(settings),
        }
    }

    /// Answers only the GraphQL documents of a manifest from now on, and those of the legacy URL. Returns their
    /// number.
    ///
    /// # Errors
    /// What is wrong with the manifest. Then nothing is changed.
    pub fn trust_documents(&self, manifest: &str) -> Result<usize, Vec<String>> {
        self.schema.trust(manifest, &self.limits)
    }

    /// The context of a GraphQL request, which is answered from these reads.
    pub fn request(&self, caller: Option<&Caller>, reads: Reads) -> RequestContext {
        self.request_within(caller, reads, &self.limits)
    }

    /// The context of a GraphQL request over a WebSocket.
    pub fn socket_request(&self, caller: &Caller) -> RequestContext {
        self.request_within(Some(caller), self.store.reads(), &self.socket_limits)
    }

    fn request_within(
        &self,
        caller: Option<&Caller>,
        reads: Reads,
        limits: &Arc<Limits>,
    ) -> RequestContext {
        let viewer = caller.map(|caller| caller.viewer.clone());
        let budget = caller.and_then(Caller::cost_budget);
        // All callers without a key share one account.
        let account = viewer.as_ref().map_or(AccountId(0), |viewer| viewer.account);
        let reads = match caller {
            Some(caller) => reads.of_generation(caller.viewer.generation),
            None => reads,
        };
        let reads = reads.with_memory(self.memory.reservation(account));
        self.context(viewer, reads, limits, budget)
    }

    /// The reads of a page of the change feed of a caller, which see what is committed.
    pub fn feed_reads(&self, viewer: &Viewer) -> Reads {
        let reads = self.store.primary_reads().of_generation(viewer.generation);
        reads.with_memory(self.memory.reservation(viewer.account))
    }

    /// The context of the subscription of a webhook.
    pub fn webhook_request(&self, viewer: &Arc<Viewer>) -> RequestContext {
        self.context(Some(viewer.clone()), self.feed_reads(viewer), &self.internal_limits, None)
    }

    /// Counts the requests of a mirror.
    pub fn mirror_metrics(&self) -> MirrorMetrics {
        MirrorMetrics::new(self.metrics.clone())
    }

    /// The source of the time.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// What the mutations of a caller write with.
    pub fn writes<'a>(&'a self, caller: &'a Caller) -> Writes<'a> {
        let (store, clock, slot) = (&self.store, self.clock, caller.write_slot());
        let (key, generation) = (caller.viewer.key_id, caller.viewer.generation);
        let removal_slot = caller.removal_slot();
        Writes { store, clock, key, generation, slot, removal_slot, running: &self.changes }
    }

    /// The context of a GraphQL request of the gateway's own, for a caller of the legacy URL. Without the
    /// memory of an answer in its reads, the answer is one page.
    pub fn internal_request(
        &self,
        caller: &Caller,
        reads: Reads,
        budget: Budget,
    ) -> RequestContext {
        let reads = self.export_reads(caller, reads);
        self.context(Some(caller.viewer.clone()), reads, &self.internal_limits, budget)
    }

    /// The reads of an export. Without the memory of an answer, the export is one page.
    pub fn export_reads(&self, caller: &Caller, reads: Reads) -> Reads {
        let reads = reads.of_generation(caller.viewer.generation);
        match reads.memory() {
            Some(_) => reads,
            None => reads.with_memory(self.memory.page(caller.viewer.account)),
        }
    }

    fn context(
        &self,
        viewer: Option<Arc<Viewer>>,
        reads: Reads,
        limits: &Arc<Limits>,
        budget: Budget,
    ) -> RequestContext {
        let sizes = self.account_sizes.clone();
        RequestContext::new(viewer, reads, limits.clone(), budget, sizes, self.clock)
    }
}

impl From<(&config::Limits, &config::Server, &config::Connections)> for Limits {
    fn from(
        (limits, server, connections): (&config::Limits, &config::Server, &config::Connections),
    ) -> Self {
        let callers = &server.callers;
        Self {
            default_page_size: limits.default_page_size,
            max_page_size: limits.max_page_size,
            max_child_page_size: limits.max_child_page_size,
            max_selections: limits.max_selections,
            max_depth: limits.max_depth,
            max_cost: limits.max_cost,
            max_aliases: limits.max_aliases,
            max_list: limits.max_list,
            max_errors: limits.max_errors,
            max_answer_bytes: limits.max_answer_bytes,
            requests_per_second: callers.rate_limit,
            cost_per_second: callers.rate_limit_cost,
            max_account_requests: shown(callers.max_account_requests),
            service: ServiceLimits {
                max_body_bytes: shown(limits.max_body_bytes),
                request_timeout: shown(server.request_timeout),
                export_wait: shown(callers.export_wait),
                max_account_answer_bytes: shown(limits.answer_memory / 2),
                max_key_subscriptions: shown(callers.max_key_subscriptions),
                max_key_sockets: shown(callers.max_key_sockets),
                max_socket_operations: shown(callers.max_socket_operations),
                keep_alive: connections.keep_alive,
                max_address_connections: shown(connections.max_connections_per_address),
                head_timeout: connections.head_timeout,
                body_timeout: connections.body_timeout,
                idle_timeout: connections.idle_timeout,
                stall_timeout: connections.stall_timeout,
                stall_rate: shown(connections.stall_rate.get()),
            },
            ..Self::default()
        }
    }
}

/// A limit as `viewer.limits` shows it. An `Int` of GraphQL has no larger number.
fn shown(limit: impl TryInto<i32>) -> u32 {
    limit.try_into().unwrap_or(i32::MAX).unsigned_abs()
}
