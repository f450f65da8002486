//! The running gateway: what all requests share.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    config,
    domain::{time::Clock, viewer::Viewer},
    error::Result,
    graphql::{
        Schema,
        context::{Limits, RequestContext},
    },
    store::{Reads, Store, api_key::digest},
};

mod known_keys;

use known_keys::KnownKeys;

/// How often the use of a key is noted, in microseconds.
const NOTE_USE_EVERY: i64 = 60_000_000;

/// What all requests share. Clones are cheap.
#[derive(Clone)]
pub struct App {
    /// The GraphQL schema.
    pub schema: Schema,
    /// The database.
    pub store: Store,
    /// The bounds of a request.
    pub limits: Arc<Limits>,
    /// The bounds of the gateway's own requests, whose pages may be larger.
    own_limits: Arc<Limits>,
    /// The rest of the settings.
    pub settings: Arc<Settings>,
    clock: Clock,
    known_keys: Arc<KnownKeys>,
    noted: Arc<Mutex<HashMap<i64, i64>>>,
}

/// The settings of a running gateway.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The largest request body, in bytes.
    pub max_body_bytes: usize,
    /// The origins whose web pages may call.
    pub allowed_origins: Vec<String>,
    /// Whether the schema may be read without a key.
    pub open_schema: bool,
    /// The most sessions that the legacy URL reads at once.
    pub legacy_page_size: u32,
    /// The longest that a GraphQL request may take.
    pub request_timeout: Duration,
    /// How long a caller of the legacy URL may take nothing of its answer.
    pub stall_timeout: Duration,
    /// Whether errors of the legacy URL have status codes of their own.
    pub legacy_status: bool,
}

impl App {
    /// The gateway over a database.
    pub fn new(
        store: Store,
        server: &config::Server,
        limits: &config::Limits,
        clock: Clock,
    ) -> Self {
        let settings = Settings {
            max_body_bytes: limits.max_body_bytes,
            allowed_origins: server.allowed_origins.clone(),
            open_schema: server.open_schema,
            legacy_page_size: limits.legacy_page_size,
            request_timeout: Duration::from_secs(server.request_timeout),
            stall_timeout: Duration::from_secs(server.stall_timeout),
            legacy_status: server.legacy_status,
        };
        let limits = Limits {
            default_page_size: limits.default_page_size,
            max_page_size: limits.max_page_size,
            max_child_page_size: limits.max_child_page_size,
            max_selections: limits.max_selections,
            max_depth: limits.max_depth,
            max_cost: limits.max_cost,
            max_aliases: limits.max_aliases,
            max_list: limits.max_list,
            max_errors: limits.max_errors,
        };
        let largest = limits.max_page_size.max(settings.legacy_page_size);
        Self {
            schema: Schema::build(),
            store,
            own_limits: Arc::new(Limits { max_page_size: largest, ..limits.clone() }),
            limits: Arc::new(limits),
            settings: Arc::new(settings),
            clock,
            known_keys: Arc::new(KnownKeys::new(Duration::from_secs(server.key_cache))),
            noted: Arc::default(),
        }
    }

    /// Whom a secret belongs to, if anybody, now or a moment ago. Notes the use of the key, in the
    /// background.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn viewer(&self, secret: &str) -> Result<Option<Arc<Viewer>>> {
        let Some(digest) = digest(secret) else { return Ok(None) };
        if let Some(viewer) = self.known_keys.get(&digest) {
            return Ok(Some(viewer));
        }
        let (since, now) = (Instant::now(), self.clock.now());
        let Some(viewer) = self.store.viewer(&digest, now).await?.map(Arc::new) else {
            return Ok(None);
        };
        self.known_keys.put(digest, since, viewer.clone());
        if self.is_due(viewer.key_id, now.micros()) {
            let (store, key) = (self.store.clone(), viewer.key_id);
            tokio::spawn(async move {
                if let Err(error) = store.touch_key(key, now).await {
                    tracing::warn!(cause = ?error.cause(), "the use of a key was not noted");
                }
            });
        }
        Ok(Some(viewer))
    }

    /// A GraphQL request of a caller, answered from these reads.
    pub fn request(&self, viewer: Option<Arc<Viewer>>, reads: Reads) -> RequestContext {
        RequestContext::new(viewer, reads, self.limits.clone())
    }

    /// A GraphQL request of the gateway's own, for a caller of the legacy URL.
    pub fn own_request(&self, viewer: Arc<Viewer>, reads: Reads) -> RequestContext {
        RequestContext::new(Some(viewer), reads, self.own_limits.clone())
    }

    fn is_due(&self, key: i64, now: i64) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let last = noted.entry(key).or_insert(i64::MIN);
        let due = now.saturating_sub(*last) >= NOTE_USE_EVERY;
        if due {
            *last = now;
        }
        due
    }
}
