//! The open connections, and what happens to a new one beyond their maximum number.
//!
//! A connection that waits for a request is of less use than a new one, so it makes room. Connections
//! that never send a request can therefore not keep others out.

use std::{
    cmp::Reverse,
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{activity::Activity, limits::ConnectionLimits};
use crate::domain::network::client_network;

/// The open connections.
#[derive(Debug)]
pub(super) struct ConnectionTable {
    max_connections: usize,
    max_per_address: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, (IpAddr, Arc<Activity>)>,
    per_address: HashMap<IpAddr, usize>,
}

/// A connection in the table. It leaves when the value is dropped.
#[derive(Debug)]
pub(super) struct TableEntry {
    id: u64,
    table: Arc<ConnectionTable>,
}

/// There is no room for a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoRoom;

impl ConnectionTable {
    pub(super) fn new(limits: &ConnectionLimits) -> Self {
        let (max_connections, max_per_address) = (limits.max_connections, limits.max_per_address);
        Self { max_connections, max_per_address, open: Mutex::default() }
    }

    /// Takes a new connection in. It may replace one that waits for a request.
    ///
    /// # Errors
    /// When there is no room and no connection waits.
    pub(super) fn insert(
        self: &Arc<Self>,
        address: IpAddr,
        activity: Arc<Activity>,
    ) -> Result<TableEntry, NoRoom> {
        let address = client_network(address);
        let mut open = self.open();
        let of_address = open.per_address.get(&address).copied().unwrap_or(0);
        if of_address >= self.max_per_address {
            open.close_waiting(Some(address))?;
        }
        if open.connections.len() >= self.max_connections {
            open.close_waiting(None)?;
        }
        let id = open.next;
        open.next += 1;
        open.connections.insert(id, (address, activity));
        *open.per_address.entry(address).or_default() += 1;
        Ok(TableEntry { id, table: self.clone() })
    }

    /// Closes one connection that waits for a request, if there is one.
    pub(super) fn make_room(&self) {
        let _ = self.open().close_waiting(None);
    }

    /// Wakes the task of every connection.
    pub(super) fn wake_all(&self) {
        self.open().connections.values().for_each(|(_, activity)| activity.close.notify_one());
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Closes a connection of the address with the largest number of connections: the one that has
    /// waited longest.
    fn close_waiting(&mut self, of: Option<IpAddr>) -> Result<(), NoRoom> {
        let per_address = &self.per_address;
        let waiting = self.connections.iter().filter_map(|(id, (address, activity))| {
            let since = activity.waiting_since().filter(|_| of.is_none_or(|of| of == *address))?;
            Some((per_address.get(address).copied(), Reverse(since), Reverse(*id)))
        });
        let (_, _, Reverse(id)) = waiting.max().ok_or(NoRoom)?;
        if let Some(activity) = self.remove(id) {
            activity.close.notify_one();
        }
        Ok(())
    }

    fn remove(&mut self, id: u64) -> Option<Arc<Activity>> {
        let (address, activity) = self.connections.remove(&id)?;
        if let Some(count) = self.per_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.per_address.remove(&address);
            }
        }
        Some(activity)
    }
}

impl Drop for TableEntry {
    fn drop(&mut self) {
        self.table.open().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, sync::Arc};

    use tokio::time::Instant;

    use super::{Activity, ConnectionTable};

    fn table(max_connections: usize, max_per_address: usize) -> Arc<ConnectionTable> {
        Arc::new(ConnectionTable { max_connections, max_per_address, open: Default::default() })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn is_closed(activity: &Activity) -> bool {
        let notified = std::pin::pin!(activity.close.notified());
        futures_util::FutureExt::now_or_never(notified).is_some()
    }

    #[tokio::test]
    async fn a_new_connection_replaces_the_oldest_waiting_one_of_the_busiest_address() {
        let (start, table) = (Instant::now(), table(3, 10));
        let open = |text| {
            let activity = Arc::new(Activity::new(start));
            (table.insert(address(text), activity.clone()), activity)
        };
        let (few, first) = (open("192.0.2.1"), open("192.0.2.2"));
        let second = open("192.0.2.2");
        let request = first.1.begin(false);
        let new = open("192.0.2.3");
        assert!(new.0.is_ok() && is_closed(&second.1));
        assert!(!is_closed(&few.1) && !is_closed(&first.1));
        let _busy = [few.1.begin(false), new.1.begin(false)];
        assert!(open("192.0.2.4").0.is_err());
        drop(request);
        assert!(open("192.0.2.4").0.is_ok() && is_closed(&first.1));
    }

    #[tokio::test]
    async fn an_address_has_a_limit_of_its_own() {
        let (start, table) = (Instant::now(), table(10, 2));
        let open = |text| {
            let activity = Arc::new(Activity::new(start));
            let entry = table.insert(address(text), activity.clone());
            (entry, activity.begin(false))
        };
        let (first, _second) = (open("2001:db8::1"), open("2001:db8::2"));
        assert!(open("2001:db8::3").0.is_err());
        let _other = open("2001:db8:0:1::3");
        assert!(_other.0.is_ok());
        drop(first);
        assert!(open("2001:db8::3").0.is_ok());
    }
}
