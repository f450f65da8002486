//! Which changes a subscription tells, on each database.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use serde_json::{Value, json};

use super::{EventStream, FEED, Served, number, socket::Socket};
use crate::support::{
    database::{DatabaseKind, on_each_database, on_sqlite_alone},
    process,
};

on_each_database!(new_changes_come_in_their_order);
fn new_changes_come_in_their_order(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    served.record(&served.acme, &[(1, "before")]);
    let mut stream = served.feed(&served.acme, json!({}));
    let mut socket = Socket::of(&served.server, &served.acme.read);
    socket.subscribe("1", FEED, json!({"after": start(&served)}));
    let mut changes = Vec::new();
    let mut read = |count: usize| changes.extend((0..count).map(|_| stream.change()));
    served.record(&served.acme, &[(3, "a"), (2, "b")]);
    read(2);
    served.record(&served.acme, &[(1, "after")]);
    read(1);
    let remove =
        "mutation { deleteSessions(filter: {legacyId: {eq: \"3\"}}, dryRun: false) { removed } }";
    let removed = served.post(&served.acme.write, remove, json!({}));
    assert_eq!(removed["data"]["deleteSessions"]["removed"], 1, "{removed}");
    read(1);
    let told = changes.iter().map(|it| {
        let (kind, notes) = (it["kind"].as_str().unwrap(), it["session"]["notes"].as_str());
        (number(it), kind, notes)
    });
    let mut told = Vec::from_iter(told);
    told[..2].sort_unstable();
    let expected = [
        (2, "STORED", Some("b")),
        (3, "STORED", Some("a")),
        (1, "STORED", Some("after")),
        (3, "DELETED", None),
    ];
    assert_eq!(told, expected);
    // The socket has the same changes, in the same order, behind what was there before.
    let mut last = Value::Null;
    while last != changes[3] {
        last = socket.message()["payload"]["data"]["sessionChanges"].take();
    }
}

/// A cursor at the start of the feed.
pub fn start(served: &Served) -> Value {
    let query = "{ sessionChanges(first: 0) { cursor } }";
    let first = served.post(&served.acme.read, query, json!({}));
    first["data"]["sessionChanges"]["cursor"].clone()
}

on_each_database!(a_change_of_another_process_comes);
fn a_change_of_another_process_comes(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut stream = served.feed(&served.acme, json!({}));
    for id in [5, 6] {
        let document = format!(
            "<response><requests><request><id>{id}</id><date_start>2026-01-01 00:00:00</date_start>\
             </request></requests></response>"
        );
        std::fs::write(served.environment.path().join("a.xml"), document).unwrap();
        process::stdout(&served.environment, &["import", "a.xml", "--account", "acme"]);
        assert_eq!(stream.numbers(1), [id]);
    }
}

on_each_database!(a_filter_leaves_out_what_does_not_match_and_no_deletion);
fn a_filter_leaves_out_what_does_not_match_and_no_deletion(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let filter = json!({"filter": {"notes": {"contains": "printer"}}});
    let mut stream = served.feed(&served.acme, filter);
    served.record(&served.acme, &[(1, "a printer"), (2, "a scanner")]);
    assert_eq!(stream.numbers(1), [1]);
    let remove =
        "mutation { deleteSessions(filter: {legacyId: {eq: \"2\"}}, dryRun: false) { removed } }";
    served.post(&served.acme.write, remove, json!({}));
    served.record(&served.acme, &[(3, "Printers")]);
    assert_eq!(stream.numbers(2), [2, 3]);
}

on_each_database!(those_who_ask_differently_get_their_own_events);
fn those_who_ask_differently_get_their_own_events(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let filter = |word: &str| json!({"filter": {"notes": {"contains": word}}});
    let mut printers = served.feed(&served.acme, filter("printer"));
    let mut scanners = served.feed(&served.acme, filter("scanner"));
    let other = "subscription { change: sessionChanges { id: legacyId } }";
    let mut others = served.events(&served.acme.read, other, json!({}));
    for id in [1, 3, 5] {
        served.record(&served.acme, &[(id, "a printer"), (id + 1, "a scanner")]);
    }
    assert_eq!(printers.numbers(3), [1, 3, 5]);
    assert_eq!(scanners.numbers(3), [2, 4, 6]);
    // The order within one mutation is not specified.
    let mut answers = [(); 6].map(|()| others.answer().to_string());
    answers.sort_unstable();
    let expected =
        [1, 2, 3, 4, 5, 6].map(|id| format!(r#"{{"data":{{"change":{{"id":"{id}"}}}}}}"#));
    assert_eq!(answers, expected);
}

on_each_database!(the_changes_of_another_account_never_come);
fn the_changes_of_another_account_never_come(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut streams = [&served.acme, &served.other].map(|keys| served.feed(keys, json!({})));
    let mut socket = Socket::of(&served.server, &served.other.read);
    socket.subscribe("1", FEED, json!({}));
    for id in 1..=5 {
        served.record(&served.acme, &[(id, "acme's")]);
        served.record(&served.other, &[(id + 100, "other's")]);
    }
    assert_eq!(streams[0].numbers(5), [1, 2, 3, 4, 5]);
    assert_eq!(streams[1].numbers(5), [101, 102, 103, 104, 105]);
    let numbers = [(); 5].map(|()| number(&socket.message()["payload"]["data"]["sessionChanges"]));
    assert_eq!(numbers, [101, 102, 103, 104, 105]);
}

on_sqlite_alone!(the_cursor_of_another_account_is_refused, "cursors are made without a database");
fn the_cursor_of_another_account_is_refused(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    let mut stream = served.feed(&served.other, json!({"after": start(&served)}));
    let answer = stream.answer();
    assert_eq!(answer["errors"][0]["message"], "The cursor does not belong to this list.");
    stream.completes();
}

on_each_database!(nothing_is_lost_over_reconnects_beside_a_writer);
fn nothing_is_lost_over_reconnects_beside_a_writer(on: DatabaseKind) {
    const SESSIONS: u32 = 300;
    let served = Served::start(on, &[]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for id in 1..=SESSIONS {
                // Each subscriber gets at least the last change of each session.
                served.record(&served.acme, &[(id, "first"), (id.div_ceil(2), "again")]);
            }
            done.store(true, Relaxed);
        });
        let (mut after, mut notes) = (start(&served), vec![Value::Null; SESSIONS as usize + 1]);
        let (mut connections, mut at) = (0, 0);
        while at < SESSIONS {
            // Some connections end before a page is sent whole.
            connections += 1;
            let mut changes: Box<dyn FnMut() -> Value> = match connections % 2 {
                0 => {
                    let mut stream = served.feed(&served.acme, json!({ "after": after }));
                    Box::new(move || stream.change())
                }
                _ => {
                    let mut socket = Socket::of(&served.server, &served.acme.read);
                    socket.subscribe("1", FEED, json!({ "after": after }));
                    Box::new(move || socket.message()["payload"]["data"]["sessionChanges"].take())
                }
            };
            for _ in 0..(connections * 7 % 23 + 1) {
                let change = changes();
                let id = number(&change);
                notes[id as usize] = change["session"]["notes"].clone();
                after = change["cursor"].clone();
                at = at.max(id);
                if at == SESSIONS {
                    break;
                }
            }
        }
        // The rest of the feed is read to its end.
        while !done.load(Relaxed) {
            std::thread::yield_now();
        }
        let page = "query($after: String) { sessionChanges(after: $after, first: 200) { nodes { legacyId session { notes } } } }";
        let rest = served.post(&served.acme.read, page, json!({ "after": after }));
        for change in rest["data"]["sessionChanges"]["nodes"].as_array().unwrap() {
            notes[number(change) as usize] = change["session"]["notes"].clone();
        }
        assert!(connections > 10, "{connections}");
        let lost: Vec<_> = (1..=SESSIONS)
            .filter(|id| {
                let is_again = *id <= SESSIONS.div_ceil(2);
                notes[*id as usize] != if is_again { "again" } else { "first" }
            })
            .collect();
        assert!(lost.is_empty(), "{lost:?}");
    });
}

on_each_database!(a_subscription_without_after_begins_now);
fn a_subscription_without_after_begins_now(on: DatabaseKind) {
    let served = Served::start(on, &[]);
    served.record(&served.acme, &[(1, "a"), (2, "b")]);
    let mut stream = served.feed(&served.acme, json!({}));
    // The stream opens before the feed. After the first event, every commit is an event.
    served.record(&served.acme, &[(3, "c")]);
    let first = stream.change();
    assert_eq!(number(&first), 3);
    let mut again = EventStream::open(
        &served.server,
        &served.acme.read,
        FEED,
        json!({"after": first["cursor"]}),
    );
    served.record(&served.acme, &[(4, "d")]);
    assert_eq!((stream.numbers(1), again.numbers(1)), (vec![4], vec![4]));
}
