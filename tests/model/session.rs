//! Sessions as the model has them, and as records and documents hand them over.

use serde_json::{Map, Value, json};
use session_history::{
    domain::{
        session::{SenderRole, StartMethod},
        time::Timestamp,
    },
    history::record::{ChatLine, CustomField, Field, Record, VideoLink},
};

use super::time;

/// The texts of a session by their names in `VARS`, in lower case.
pub const TEXTS: [&str; 8] = [
    "computer_name",
    "computer_domain",
    "computer_os",
    "customer_name",
    "customer_email",
    "customer_number",
    "problem_description",
    "notes",
];

/// One session.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: i64,
    pub details: Details,
}

/// All that a session has, but for its number.
#[derive(Clone, Debug)]
pub struct Details {
    /// In the order of [`TEXTS`].
    pub texts: Vec<Option<String>>,
    pub technician: Option<Technician>,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub agent: bool,
    /// Recordings may exist of which the links are not known.
    pub has_videos: bool,
    pub videos: Vec<String>,
    pub chat: Vec<Message>,
    /// Names and values.
    pub fields: Vec<(String, Option<String>)>,
}

/// One technician.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Technician {
    pub username: &'static str,
    pub name: Option<&'static str>,
}

/// One chat message.
#[derive(Clone, Debug)]
pub struct Message {
    pub sent_at: i64,
    pub sender: Option<String>,
    pub role: &'static str,
    pub body: String,
}

impl Session {
    /// A text by its name in `VARS`, in lower case.
    pub fn text(&self, name: &str) -> Option<&str> {
        match name {
            "tech_username" => self.details.technician.map(|it| it.username),
            "tech_name" => self.details.technician.and_then(|it| it.name),
            _ => {
                let place = TEXTS.iter().position(|text| *text == name).unwrap();
                self.details.texts[place].as_deref()
            }
        }
    }

    /// The whole seconds from the start to the end.
    pub fn duration(&self) -> Option<i64> {
        let Details { started_at, ended_at, .. } = self.details;
        ended_at.map(|ended_at| (ended_at - started_at).div_euclid(time::SECOND))
    }

    /// The whole seconds from the start to the earliest message of a technician, which may be before it.
    pub fn first_response(&self) -> Option<i64> {
        let by_technician = self.details.chat.iter().filter(|it| it.role == "TECHNICIAN");
        let first = by_technician.map(|it| it.sent_at).min()?;
        Some((first - self.details.started_at).div_euclid(time::SECOND).max(0))
    }

    /// The session as a record. What it does not have is spelled out as empty, or left out.
    pub fn record(&self, spelled_out: bool) -> Record {
        let details = &self.details;
        let field = |text: Option<&str>| match text {
            Some(text) => Field::Value(text.to_owned()),
            None if spelled_out => Field::Empty,
            None => Field::Absent,
        };
        let text = |name| field(self.text(name));
        let at = |micros| Timestamp::from_micros(micros).unwrap();
        let line = |message: &Message| ChatLine {
            sent_at: at(message.sent_at),
            sender: message.sender.clone(),
            // Without a role, one would be derived from the sender.
            sender_role: Some(message.role.parse::<SenderRole>().unwrap()),
            body: message.body.clone(),
        };
        let custom_field = |(name, value): &(String, Option<String>)| CustomField {
            name: Some(name.clone()),
            value: Some(value.clone().unwrap_or_default()),
        };
        let link = |url: &String| VideoLink { url: url.clone(), ..VideoLink::default() };
        let listed = |count: usize| count > 0 || spelled_out;
        Record {
            id: self.id,
            tech_username: text("tech_username"),
            tech_name: text("tech_name"),
            customer_name: text("customer_name"),
            customer_email: text("customer_email"),
            customer_number: text("customer_number"),
            computer_name: text("computer_name"),
            computer_domain: text("computer_domain"),
            computer_os: text("computer_os"),
            problem_description: text("problem_description"),
            notes: text("notes"),
            started_at: Field::Value(at(details.started_at)),
            ended_at: match details.ended_at {
                Some(ended_at) => Field::Value(at(ended_at)),
                None if spelled_out => Field::Empty,
                None => Field::Absent,
            },
            start_method: (details.agent || spelled_out).then_some(match details.agent {
                true => StartMethod::Agent,
                false => StartMethod::Applet,
            }),
            has_videos: (spelled_out || details.has_videos && details.videos.is_empty())
                .then_some(details.has_videos),
            chat: listed(details.chat.len()).then(|| details.chat.iter().map(line).collect()),
            videos: listed(details.videos.len()).then(|| details.videos.iter().map(link).collect()),
            custom_fields: listed(details.fields.len())
                .then(|| details.fields.iter().map(custom_field).collect()),
        }
    }

    /// The session as an element of a JSON document to import.
    pub fn element(&self) -> Value {
        let details = &self.details;
        let mut element: Map<String, Value> = TEXTS
            .into_iter()
            .chain(["tech_username", "tech_name"])
            .map(|name| (name.to_owned(), json!(self.text(name).unwrap_or_default())))
            .collect();
        let message = |it: &Message| {
            json!({ "date": time::legacy(it.sent_at), "sender": it.sender, "text": it.body,
                "sender_role": it.role })
        };
        let field = |(name, value): &(String, Option<String>)| json!({ "name": name, "value": value.clone().unwrap_or_default() });
        let others = json!({
            "id": self.id,
            "date_start": time::legacy(details.started_at),
            "date_end": details.ended_at.map(time::legacy).unwrap_or_default(),
            "start_method": if details.agent { "AGENT" } else { "APPLET" },
            "has_videos": if details.has_videos { "TRUE" } else { "FALSE" },
            "video_links": details.videos,
            "chat_info": details.chat.iter().map(message).collect::<Vec<_>>(),
            "custom_fields": details.fields.iter().map(field).collect::<Vec<_>>(),
        });
        element.extend(others.as_object().unwrap().clone());
        Value::Object(element)
    }

    /// The session as the input of a mutation. What it does not have is null.
    pub fn input(&self) -> Value {
        let details = &self.details;
        let instant = |micros| Timestamp::from_micros(micros).unwrap().rfc3339();
        let message = |it: &Message| json!({ "sentAt": instant(it.sent_at), "sender": it.sender, "senderRole": it.role, "body": it.body });
        let field =
            |(name, value): &(String, Option<String>)| json!({ "name": name, "value": value });
        let technician =
            details.technician.map(|it| json!({ "username": it.username, "name": it.name }));
        json!({
            "legacyId": self.id.to_string(),
            "startedAt": instant(details.started_at),
            "endedAt": details.ended_at.map(instant),
            "startMethod": if details.agent { "AGENT" } else { "APPLET" },
            "technician": technician,
            "customer": {
                "name": self.text("customer_name"),
                "email": self.text("customer_email"),
                "number": self.text("customer_number"),
            },
            "computer": {
                "name": self.text("computer_name"),
                "domain": self.text("computer_domain"),
                "os": self.text("computer_os"),
            },
            "problemDescription": self.text("problem_description"),
            "notes": self.text("notes"),
            "hasVideos": details.has_videos,
            "chatMessages": details.chat.iter().map(message).collect::<Vec<_>>(),
            "videos": details.videos.iter().map(|url| json!({ "url": url })).collect::<Vec<_>>(),
            "customFields": details.fields.iter().map(field).collect::<Vec<_>>(),
        })
    }
}
