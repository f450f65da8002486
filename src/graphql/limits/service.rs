//! The limits that other parts of the gateway apply, for callers who ask for them.

/// The limits that other parts of the gateway apply. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLimits {
    /// Bytes of the body of a request with a key.
    pub max_body_bytes: u32,
    /// The time of a request.
    pub request_timeout: u32,
    /// The time that a long answer waits for others.
    pub export_wait: u32,
    /// Bytes that the answers of an account take at the same time.
    pub max_account_answer_bytes: u32,
    /// Subscriptions of one key.
    pub max_key_subscriptions: u32,
    /// WebSockets of one key.
    pub max_key_sockets: u32,
    /// Operations of one WebSocket in progress.
    pub max_socket_operations: u32,
    /// The time between two signs of life.
    pub keep_alive: u32,
    /// Connections of one address.
    pub max_address_connections: u32,
    /// The time until the head of a request is complete.
    pub head_timeout: u32,
    /// The time in which nothing of a request body arrives.
    pub body_timeout: u32,
    /// The time between two requests of a connection.
    pub idle_timeout: u32,
    /// The time in which a client reads nothing of an answer.
    pub stall_timeout: u32,
    /// Bytes a second at which a client reads a long answer.
    pub stall_rate: u32,
}

impl Default for ServiceLimits {
    fn default() -> Self {
        Self {
            max_body_bytes: 256 << 10,
            request_timeout: 30,
            export_wait: 300,
            max_account_answer_bytes: 64 << 20,
            max_key_subscriptions: 200,
            max_key_sockets: 100,
            max_socket_operations: 50,
            keep_alive: 15,
            max_address_connections: 400,
            head_timeout: 10,
            body_timeout: 10,
            idle_timeout: 75,
            stall_timeout: 60,
            stall_rate: 10_000,
        }
    }
}
