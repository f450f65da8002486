//! A mirror through a proxy that disturbs calls, of a command that is killed again and again.

use std::{
    collections::{HashMap, HashSet},
    fs, thread,
    time::Duration,
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    proxy::{Disturbance, Proxy},
    source::{KEY, PERSONAL, Source, Target, history},
};
use crate::support::database::{DatabaseKind, on_each_database};

const SESSIONS: i64 = 1_000;
const KILLS: usize = 10;

/// 40 % of the calls fail, in an order without a rule, and some are slow.
fn disturb(call: usize) -> Disturbance {
    let hash = (call as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    match hash % 100 {
        0..4 => Disturbance::TooMany,
        4..16 => Disturbance::Unavailable,
        16..24 => Disturbance::Cut,
        24..32 => Disturbance::Half,
        32..40 => Disturbance::WrongBody,
        40..50 => Disturbance::Delay,
        _ => Disturbance::None,
    }
}

fn assert_silent(log: &str) {
    let percent = utf8_percent_encode(KEY, NON_ALPHANUMERIC).to_string();
    let form: String = form_urlencoded::byte_serialize(KEY.as_bytes()).collect();
    for secret in [KEY, &*percent, &*form, "qzw7", PERSONAL] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "'{secret}' is in the log: {line:?}");
    }
}

on_each_database!(a_disturbed_and_killed_mirror_is_equal_and_asks_for_no_session_in_vain);
/// A session is asked for in vain if it is in a whole answer that was sent, and was in one before. The last answer
/// before a kill may not have been stored, and does not count.
fn a_disturbed_and_killed_mirror_is_equal_and_asks_for_no_session_in_vain(on: DatabaseKind) {
    let source = Source::start(on, &history(SESSIONS, 90));
    let proxy = Proxy::to(&source.server.url, disturb);
    let target = Target::new(on);
    let flags = ["--sessions-per-request", "60", "--patience", "5m", "--log", "trace"];
    let log = target.environment.path().join("sync.log");
    let mut lost = Vec::new();
    for kill in 0..KILLS {
        let mut sync = target.start(&proxy.address, &flags, &log);
        let calls = proxy.calls().len();
        while proxy.calls().len() < calls + 2 + kill % 4 && sync.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_millis(7 * kill as u64));
        assert!(sync.try_wait().unwrap().is_none(), "{}", fs::read_to_string(&log).unwrap());
        sync.kill().unwrap();
        sync.wait().unwrap();
        lost.push(proxy.calls().len() - 1);
    }
    assert!(target.status().contains("\tnot read\t") || target.answers() != source.answers());
    let (told, succeeded) = target.sync(&proxy.address, &flags);
    assert!(succeeded, "{told}");
    assert!(target.answers() == source.answers(), "the answers differ");

    let calls = proxy.calls().clone();
    let disturbed = calls
        .iter()
        .filter(|call| !matches!(call.disturbance, Disturbance::None | Disturbance::Delay));
    assert!(disturbed.count() * 10 > calls.len() * 3, "{} calls", calls.len());
    let sent = calls.iter().filter(|call| call.is_sent).flat_map(|call| &call.sessions);
    assert_eq!(sent.collect::<HashSet<_>>().len(), SESSIONS as usize);
    let mut asked: HashMap<u32, u32> = HashMap::new();
    let counted = calls.iter().enumerate().filter(|(at, call)| call.is_sent && !lost.contains(at));
    for id in counted.flat_map(|(_, call)| &call.sessions) {
        *asked.entry(*id).or_default() += 1;
    }
    let sum: u32 = asked.values().sum();
    assert!(f64::from(sum) <= 1.3 * SESSIONS as f64, "{sum} sessions in whole answers");

    assert_silent(&told);
    assert_silent(&fs::read_to_string(&log).unwrap());
    assert_silent(&source.server.stop());
    assert_silent(&target.status());
}
