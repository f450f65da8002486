//! Keys, subscriptions, sockets and the memory of answers.

use prometheus::{IntCounter, IntCounterVec, IntGauge, Result};

use super::catalogue::Catalogue;

/// Keys, subscriptions, sockets and the memory of answers.
#[derive(Debug)]
pub struct CallerMetrics {
    key_lookups: IntCounterVec,
    /// Subscriptions that are open.
    pub subscriptions: IntGauge,
    /// Events of subscriptions.
    pub subscription_events: IntCounter,
    /// WebSockets that are open.
    pub sockets: IntGauge,
    sockets_closed: IntCounterVec,
    /// The memory that answers have taken.
    pub answer_memory: IntGauge,
    /// The maximum of that memory.
    pub answer_memory_limit: IntGauge,
}

/// What was found for a key.
#[derive(Clone, Copy, Debug)]
pub enum KeyLookup {
    /// It was valid a moment ago.
    Cached,
    /// The database has it, and it is valid.
    Valid,
    /// It is unknown, revoked or expired.
    Invalid,
    /// Its address must wait after many wrong keys.
    Delayed,
}

impl KeyLookup {
    const ALL: [Self; 4] = [Self::Cached, Self::Valid, Self::Invalid, Self::Delayed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Delayed => "delayed",
        }
    }
}

impl CallerMetrics {
    pub(super) fn new(new: &Catalogue) -> Result<Self> {
        let key_lookups = new.counters(
            "key_lookups_total",
            "Keys that callers sent, by what was found.",
            &["outcome"],
        )?;
        for lookup in KeyLookup::ALL {
            key_lookups.with_label_values(&[lookup.as_str()]);
        }
        Ok(Self {
            key_lookups,
            subscriptions: new.gauge("subscriptions_open", "Subscriptions that are open.")?,
            subscription_events: new
                .counter("subscription_events_total", "Events that subscriptions were sent.")?,
            sockets: new.gauge("websockets_open", "WebSockets that are open.")?,
            sockets_closed: new.counters(
                "websockets_closed_total",
                "WebSockets that were closed, by the code with which the server closed them, or 'client'.",
                &["code"],
            )?,
            answer_memory: new.gauge("answer_memory_bytes", "Memory that answers have taken.")?,
            answer_memory_limit: new
                .gauge("answer_memory_limit_bytes", "Maximum memory of all answers together.")?,
        })
    }

    /// A caller sent a key.
    pub fn look_up_key(&self, found: KeyLookup) {
        self.key_lookups.with_label_values(&[found.as_str()]).inc();
    }

    /// A WebSocket was closed: by the server with a code, or by the client.
    pub fn close_socket(&self, code: Option<u16>) {
        let code = code.map_or_else(|| "client".to_owned(), |code| code.to_string());
        self.sockets_closed.with_label_values(&[&code]).inc();
    }
}
