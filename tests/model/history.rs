//! Small random histories, and the ways in which they come into the gateway.

use std::sync::atomic::{AtomicU32, Ordering};

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
};
use serde_json::{Value, json};
use session_history::domain::viewer::Scope;

use super::{
    session::{Details, Message, Session, TEXTS, Technician},
    text,
    time::{self, SECOND},
};
use crate::support::{Gateway, Tenant};

/// All who ever answer. No two user names are equal but for case.
pub const TECHNICIANS: [Technician; 4] = [
    Technician { username: "mytech@techplace.com", name: Some("Ann Lee") },
    Technician { username: "Zoë@Straße.example", name: Some("ΣΊΣΥΦΟΣ") },
    Technician { username: "50%_off!\\", name: Some("Zoë") },
    Technician { username: "anonymous", name: None },
];

/// Less than the longest session, and more than any other between two of the times.
const YEARS: i64 = 9 * 366 * 86_400 * SECOND;

/// Points in time of which some lie close together, in seconds.
const TIMES: [i64; 10] = [
    1_294_046_102,
    1_294_046_103,
    1_294_046_100,
    1_294_012_800,
    1_709_208_000,
    1_767_323_045,
    0,
    -1,
    -62_135_596_800,
    253_402_300_799,
];

/// Some sessions, with the texts and times that they are made of.
#[derive(Clone, Debug)]
pub struct History {
    pub sessions: Vec<Session>,
    pub texts: Vec<String>,
    pub times: Vec<i64>,
    arrival: Arrival,
}

/// How a history comes into the gateway. Each ends with the same history.
#[derive(Clone, Copy, Debug)]
enum Arrival {
    /// As records that leave out what a session does not have.
    Terse,
    /// As records that spell it out.
    SpelledOut,
    /// As records over others of the same sessions with entirely different details.
    Replacing,
    /// As a document.
    Imported,
    /// Through a mutation, over other sessions.
    Recorded,
}

/// A history of less than 40 sessions.
pub fn history() -> impl Strategy<Value = History> {
    let arrivals = [
        Arrival::Terse,
        Arrival::SpelledOut,
        Arrival::Replacing,
        Arrival::Imported,
        Arrival::Recorded,
    ];
    let arrivals = arrivals.to_vec();
    let seeds = (text::pool(), vec(instant(), 1..5), ids(), select(arrivals));
    seeds.prop_flat_map(|(texts, times, ids, arrival)| {
        let details = vec(details(&texts, &times), ids.len());
        details.prop_map(move |details| {
            let session = |(id, details): (&i64, _)| Session { id: *id, details };
            let sessions = ids.iter().zip(details).map(session).collect();
            let mut history =
                History { sessions, texts: texts.clone(), times: times.clone(), arrival };
            if matches!(arrival, Arrival::Imported) {
                history.cut_fractions();
            }
            history.trim_lines();
            history
        })
    })
}

fn instant() -> impl Strategy<Value = i64> {
    (select(TIMES.to_vec()), select(vec![0, 0, 0, 1, 500_000])).prop_map(|(seconds, fraction)| {
        seconds * SECOND + if seconds.abs() < 2_000_000_000 { fraction } else { 0 }
    })
}

/// Numbers of sessions in no order.
fn ids() -> impl Strategy<Value = Vec<i64>> {
    let all: Vec<i64> = (1..38).chain([0, 9_007_199_254_740_993, i64::MAX]).collect();
    prop_oneof![1 => 0..3_usize, 3 => 3..12_usize, 1 => 12..40_usize]
        .prop_flat_map(move |count| subsequence(all.clone(), count).prop_shuffle())
}

fn details(texts: &[String], times: &[i64]) -> impl Strategy<Value = Details> + use<> {
    let text = || select(texts.to_vec());
    let time = || select(times.to_vec());
    let long = "ß<".repeat(20_000);
    let notes = prop_oneof![
        1 => Just(None),
        60 => text().prop_map(Some),
        1 => Just(Some(long)),
    ];
    let link = select(vec!["https://videos.example/1?a=1&b=<2>", "https://videos.example/2", "é"]);
    let links = vec(link.prop_map(str::to_owned), 0..3);
    let roles = select(vec!["TECHNICIAN", "CUSTOMER", "SYSTEM", "UNKNOWN"]);
    let body = prop_oneof![9 => text(), 1 => Just(String::new())];
    let message = (time(), option::weighted(0.8, text()), roles, body)
        .prop_map(|(sent_at, sender, role, body)| Message { sent_at, sender, role, body });
    let chat = prop_oneof![vec(message.clone(), 0..5), vec(message, 0..12)];
    let field = (text(), option::weighted(0.8, text()));
    (
        (vec(option::weighted(0.7, text()), TEXTS.len() - 1), notes),
        option::weighted(0.7, select(TECHNICIANS.to_vec())),
        (time(), option::weighted(0.7, time())),
        any::<bool>(),
        (any::<bool>(), links),
        chat,
        vec(field, 0..4),
    )
        .prop_map(|((mut texts, notes), technician, times, agent, videos, chat, fields)| {
            texts.push(notes);
            let (started_at, ended_at) = times;
            // An end before the start, or ten years after it, stands for an open session.
            let possible = |end: &i64| (0..=YEARS).contains(&(end - started_at));
            let ended_at = ended_at.filter(possible);
            let (told, videos) = videos;
            let has_videos = told || !videos.is_empty();
            Details {
                texts,
                technician,
                started_at,
                ended_at,
                agent,
                has_videos,
                videos,
                chat,
                fields,
            }
        })
}

impl History {
    /// Puts the history into the gateway, in an account of its own.
    pub async fn store(&self, gateway: &Gateway) -> Tenant {
        static ACCOUNTS: AtomicU32 = AtomicU32::new(0);
        let number = ACCOUNTS.fetch_add(1, Ordering::Relaxed);
        let tenant = gateway.tenant(&format!("account {number}")).await;
        match self.arrival {
            Arrival::Terse => self.write(gateway, &tenant, false).await,
            Arrival::SpelledOut => self.write(gateway, &tenant, true).await,
            Arrival::Replacing => {
                self.rotated().write(gateway, &tenant, false).await;
                self.write(gateway, &tenant, true).await;
            }
            Arrival::Imported => {
                let elements: Vec<_> = self.sessions.iter().map(Session::element).collect();
                gateway.import(&tenant, &json!({ "requests": elements }).to_string()).await;
            }
            Arrival::Recorded => {
                self.rotated().record(gateway, &tenant).await;
                self.record(gateway, &tenant).await;
            }
        }
        tenant
    }

    async fn record(&self, gateway: &Gateway, tenant: &Tenant) {
        static KEYS: AtomicU32 = AtomicU32::new(0);
        let key = format!("recorder-{}", KEYS.fetch_add(1, Ordering::Relaxed));
        gateway.key(tenant.account, &key, &[Scope::Write]).await;
        let recorder = Tenant { account: tenant.account, key };
        let query = "mutation($sessions: [SessionInput!]!) {
            recordSessions(sessions: $sessions) { results { outcome problem } } }";
        // Bodies of more than 256 KiB are refused.
        for sessions in self.sessions.chunks(2) {
            let sessions: Vec<_> = sessions.iter().map(Session::input).collect();
            let data = gateway.data(&recorder, query, json!({ "sessions": sessions })).await;
            for result in data["recordSessions"]["results"].as_array().unwrap() {
                assert_eq!(result["problem"], Value::Null);
            }
        }
    }

    async fn write(&self, gateway: &Gateway, tenant: &Tenant, spelled_out: bool) {
        let records: Vec<_> = self.sessions.iter().map(|it| it.record(spelled_out)).collect();
        gateway.store(tenant, &records).await;
    }

    /// The same sessions, each with the details of another.
    fn rotated(&self) -> Self {
        let mut rotated = self.clone();
        let next = self.sessions.iter().cycle().skip(1);
        for (session, next) in rotated.sessions.iter_mut().zip(next) {
            session.details = next.details.clone();
        }
        rotated
    }

    /// Documents have whole seconds.
    fn cut_fractions(&mut self) {
        let cut = |time: &mut i64| *time = time::micros(time::civil(*time));
        for Session { details, .. } in &mut self.sessions {
            cut(&mut details.started_at);
            details.ended_at.iter_mut().for_each(cut);
            details.chat.iter_mut().for_each(|message| cut(&mut message.sent_at));
        }
    }

    /// Texts of one line lose the white space around them, and a blank one is none.
    fn trim_lines(&mut self) {
        let trim = |text: &mut Option<String>| {
            let trimmed = text.take().map(|text| text.trim().to_owned());
            *text = trimmed.filter(|text| !text.is_empty());
        };
        for Session { details, .. } in &mut self.sessions {
            for (name, text) in TEXTS.iter().zip(&mut details.texts) {
                if !["problem_description", "notes"].contains(name) {
                    trim(text);
                }
            }
            details.chat.iter_mut().for_each(|message| trim(&mut message.sender));
            for (name, value) in &mut details.fields {
                *name = Some(name.trim()).filter(|name| !name.is_empty()).unwrap_or("-").to_owned();
                trim(value);
            }
        }
    }
}
