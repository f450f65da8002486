//! What a session has at each version, as it is recorded, imported and answered.

use benches::time::{civil, rfc3339};
use fastrand::Rng;
use serde_json::{Value, json};

/// The fields that are compared.
pub(crate) const SELECTION: &str = "legacyId startedAt endedAt answered startMethod hasVideos
    problemDescription notes customer { name email number } computer { name os } technician { username }
    customFields { name value } videos(first: 5) { nodes { url durationSeconds } }
    chatMessages(first: 10) { nodes { sentAt sender senderRole body } }";

/// Words of texts, which searches ask for.
pub(crate) const WORDS: [&str; 8] =
    ["printer", "password", "update", "vpn", "mailbox", "screen", "network", "backup"];

/// 1 January 2024.
const FIRST_START: i64 = 1_704_067_200_000_000;
const SECOND: i64 = 1_000_000;
/// The technicians of an account.
const TECHNICIANS: i64 = 20;

/// A session at a version. Each version is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) id: i64,
    pub(crate) version: u32,
}

impl Content {
    fn random(self) -> Rng {
        Rng::with_seed(u64::from(self.version) << 40 | self.id.unsigned_abs())
    }

    fn started_at(self) -> i64 {
        // Two years of starts, a few minutes apart.
        FIRST_START + self.id * 7_919 % 1_000_000 * 60 * SECOND
    }

    /// Every fifth session is open at first.
    fn ended_at(self) -> Option<i64> {
        let seconds = self.random().i64(60..7_200);
        (self.version > 0 || self.id % 5 > 0).then(|| self.started_at() + seconds * SECOND)
    }

    fn technician(self) -> Option<String> {
        (self.id % 7 > 0).then(|| format!("tech{}@example.com", self.id % TECHNICIANS))
    }

    fn text(self, what: &str) -> String {
        let mut random = self.random();
        let words = (0..random.usize(4..30)).map(|_| WORDS[random.usize(..WORDS.len())]);
        format!("{what} {}: {}", self.version, Vec::from_iter(words).join(" "))
    }

    fn video(self) -> Option<String> {
        (self.id % 4 == 0)
            .then(|| format!("https://video.example.com/{}-{}", self.id, self.version))
    }

    /// The time, whether the technician sent it, and the text of each message.
    fn chat(self) -> impl Iterator<Item = (i64, bool, String)> {
        (0..(self.id + i64::from(self.version)) % 8).map(move |nth| {
            let time = self.started_at() + (20 + 20 * nth) * SECOND;
            (time, nth % 2 == 0, format!("{} {nth}", self.text("Message")))
        })
    }

    /// The session for `recordSessions`.
    pub(crate) fn input(self) -> Value {
        let chat = self.chat().map(|(time, is_technician, body)| {
            json!({ "sentAt": time_of(Some(time)), "sender": sender(is_technician),
                "senderRole": role(is_technician), "body": body })
        });
        let videos = self.video().map(|url| json!({ "url": url, "durationSeconds": 60 }));
        json!({
            "legacyId": self.id.to_string(),
            "startedAt": time_of(Some(self.started_at())),
            "endedAt": time_of(self.ended_at()),
            "technician": self.technician().map(|username| json!({ "username": username })),
            "customer": self.customer_fields(),
            "computer": self.computer_fields(),
            "problemDescription": self.text("Problem"),
            "notes": self.text("Notes"),
            "chatMessages": Vec::from_iter(chat),
            "videos": Vec::from_iter(videos),
            "customFields": [self.custom_field()],
        })
    }

    /// The session as a record of a legacy document in JSON.
    pub(crate) fn record(self) -> Value {
        let chat = self.chat().map(|(time, is_technician, body)| {
            json!({ "date": civil(time).as_str(), "sender": sender(is_technician),
                "sender_role": role(is_technician), "text": body })
        });
        let videos = self.video().map(|url| json!({ "url": url, "duration_seconds": 60 }));
        let (customer, computer) = (self.customer_fields(), self.computer_fields());
        json!({
            "id": self.id,
            "date_start": civil(self.started_at()).as_str(),
            "date_end": self.ended_at().map(|time| civil(time).as_str().to_owned()).unwrap_or_default(),
            "tech_username": self.technician().unwrap_or_default(),
            "customer_name": customer["name"],
            "customer_email": customer["email"],
            "customer_number": customer["number"],
            "computer_name": computer["name"],
            "computer_os": computer["os"],
            "problem_description": self.text("Problem"),
            "notes": self.text("Notes"),
            "chat_info": Vec::from_iter(chat),
            "video_links": Vec::from_iter(videos),
            "custom_fields": [self.custom_field()],
        })
    }

    /// The answer to [`SELECTION`].
    pub(crate) fn answer(self, is_anonymized: bool) -> Value {
        let named = |value: Value| if is_anonymized { Value::Null } else { value };
        let named_fields = |mut fields: Value| {
            if let Some(fields) = fields.as_object_mut().filter(|_| is_anonymized) {
                fields.values_mut().for_each(|value| *value = Value::Null);
            }
            fields
        };
        let chat = self.chat().map(|(time, is_technician, body)| {
            let body = if is_anonymized { String::new() } else { body };
            json!({ "sentAt": time_of(Some(time)), "sender": named(sender(is_technician)),
                "senderRole": role(is_technician), "body": body })
        });
        let videos = self.video().map(|url| json!({ "url": url, "durationSeconds": 60 }));
        let videos = Vec::from_iter(videos.filter(|_| !is_anonymized));
        let fields = if is_anonymized { Vec::new() } else { vec![self.custom_field()] };
        json!({
            "legacyId": self.id.to_string(),
            "startedAt": time_of(Some(self.started_at())),
            "endedAt": time_of(self.ended_at()),
            "answered": self.technician().is_some(),
            "startMethod": "APPLET",
            "hasVideos": self.video().is_some(),
            "problemDescription": named(json!(self.text("Problem"))),
            "notes": named(json!(self.text("Notes"))),
            "customer": named_fields(self.customer_fields()),
            "computer": named_fields(self.computer_fields()),
            "technician": self.technician().map(|username| json!({ "username": username })),
            "customFields": fields,
            "videos": { "nodes": videos },
            "chatMessages": { "nodes": Vec::from_iter(chat) },
        })
    }

    fn customer_fields(self) -> Value {
        let number = self.id % 500;
        json!({ "name": format!("Customer {number}"), "email": format!("customer{number}@example.com"),
            "number": format!("C-{number}") })
    }

    fn computer_fields(self) -> Value {
        json!({ "name": format!("PC-{}", self.id % 800), "os": "Windows 11" })
    }

    fn custom_field(self) -> Value {
        json!({ "name": "Department", "value": format!("Department {}", self.id % 12) })
    }
}

fn time_of(micros: Option<i64>) -> Value {
    json!(micros.map(|micros| rfc3339(micros).as_str().to_owned()))
}

fn sender(is_technician: bool) -> Value {
    json!(if is_technician { "Ann" } else { "Bob" })
}

fn role(is_technician: bool) -> &'static str {
    if is_technician { "TECHNICIAN" } else { "CUSTOMER" }
}
