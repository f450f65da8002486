//! What each field of each type answers, from the history in memory.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use session_history::domain::viewer::CursorKey;

use super::{
    object::{Resolved, Thing},
    pages::argument,
    selection::Argument,
};
use crate::model::{
    history::{History, TECHNICIANS},
    order::Order,
    session::{Message, Session, Technician},
    text::{folded, same},
    time::{SECOND, rfc3339},
};

/// The history of an account, and what only the gateway knows of it.
pub struct Reference<'a> {
    /// What the account's cursors begin with.
    pub cursor_key: CursorKey,
    pub account_name: &'a str,
    /// The name of the database.
    pub database: &'a str,
    pub history: &'a History,
    /// The number of each technician.
    pub technician_ids: &'a [(String, i64)],
}

fn time(micros: i64) -> Value {
    let fraction = micros.rem_euclid(SECOND);
    let digits = format!("{fraction:06}");
    json!(rfc3339(micros, 0, digits.trim_end_matches('0')))
}

fn int(number: i64) -> Resolved<'static> {
    i32::try_from(number).map_or(Resolved::Fails, |number| Resolved::Leaf(json!(number)))
}

fn text(value: Option<&str>) -> Resolved<'static> {
    Resolved::Leaf(json!(value))
}

impl<'a> Reference<'a> {
    /// The cursor of an item, as the order of its list makes it.
    pub fn cursor(&self, tail: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}/{tail}", self.cursor_key))
    }

    pub fn technician_id(&self, technician: Technician) -> i64 {
        self.technician_ids.iter().find(|it| it.0 == technician.username).unwrap().1
    }

    fn sessions(&self, of: Option<Technician>, arguments: &[Argument]) -> Resolved<'a> {
        let kept = |session: &&'a Session| {
            let details = &session.details;
            let filter = arguments.iter().find(|it| it.0 == "filter").map(|it| it.1.as_str());
            (of.is_none() || details.technician == of)
                && match filter {
                    None => true,
                    Some("{ answered: false }") => details.technician.is_none(),
                    Some("{ hasVideos: true }") => details.has_videos,
                    Some("{ startMethod: { eq: AGENT } }") => details.agent,
                    other => panic!("{other:?}"),
                }
        };
        let mut sessions: Vec<_> = self.history.sessions.iter().filter(kept).collect();
        let order = arguments.iter().find(|it| it.0 == "orderBy").map(|it| it.1.as_str());
        let order = Order::named(order.unwrap_or("STARTED_AT_DESC"));
        sessions.sort_by(|one, other| order.compare(one, other));
        let item =
            |session: &'a Session| (Thing::Session(session), self.cursor(&order.cursor(session)));
        let sessions = sessions.into_iter().map(item).collect();
        Self::connection("Session", self.page((order.tag, Some(order)), sessions, arguments))
    }

    /// The technicians who answered a session, by folded user name.
    pub fn technicians(&self) -> Vec<Technician> {
        let answered = |technician: &Technician| {
            self.history.sessions.iter().any(|it| it.details.technician == Some(*technician))
        };
        let mut known: Vec<_> = TECHNICIANS.into_iter().filter(answered).collect();
        known.sort_by_key(|it| folded(it.username));
        known
    }

    /// The object with an id, if the account has it.
    fn node(&self, id: &str) -> Option<Thing<'a>> {
        let parts: Vec<_> = id.split('_').collect();
        let number = |nth: usize| parts[nth].parse::<i64>().unwrap();
        if parts[0] == "technician" {
            let found = |it: &Technician| self.technician_id(*it) == number(1);
            return self.technicians().into_iter().find(found).map(Thing::Technician);
        }
        let session = self.history.sessions.iter().find(|it| it.id == number(1))?;
        let within = |count: usize| {
            let nth = usize::try_from(number(2)).unwrap().checked_sub(1)?;
            (nth < count).then_some(nth)
        };
        match parts[0] {
            "session" => Some(Thing::Session(session)),
            "chatMessage" => Some(Thing::ChatMessage(session, within(session.details.chat.len())?)),
            "video" => Some(Thing::Video(session, within(session.details.videos.len())?)),
            other => panic!("{other}"),
        }
    }

    pub fn resolve(&self, of: &Thing<'a>, field: &str, arguments: &[Argument]) -> Resolved<'a> {
        match of {
            Thing::Query => self.root(field, arguments),
            Thing::Viewer => match field {
                "account" => Resolved::One(Some(Thing::Account)),
                "keyLabel" => text(Some("test")),
                "scopes" => Resolved::Leaf(json!(["READ"])),
                "limits" => Resolved::One(Some(Thing::Limits)),
                "gateway" => Resolved::One(Some(Thing::Gateway)),
                other => panic!("{other}"),
            },
            Thing::Account => text(Some(self.account_name)),
            Thing::Gateway => text(Some(match field {
                "version" => env!("CARGO_PKG_VERSION"),
                "database" => self.database,
                other => panic!("{other}"),
            })),
            Thing::Limits => Resolved::Leaf(match field {
                "defaultPageSize" => json!(25),
                "maxPageSize" => json!(200),
                "maxChildPageSize" => json!(500),
                "maxSelections" => json!(10_000),
                "maxDepth" => json!(15),
                "maxCost" => json!(100_000),
                "maxAliases" => json!(30),
                "maxListLength" => json!(250),
                "maxConditions" => json!(500),
                "maxAnswerBytes" => json!(67_108_864),
                "requestsPerSecond" | "costPerSecond" => Value::Null,
                "maxAccountRequests" | "maxKeySubscriptions" => json!(200),
                "maxInputDepth" | "requestTimeoutSeconds" => json!(30),
                "maxTokens" => json!(200_000),
                "maxTextLength" => json!(1_000),
                "maxBodyBytes" => json!(262_144),
                "exportWaitSeconds" => json!(300),
                "maxAccountAnswerBytes" => json!(67_108_864),
                "maxKeySockets" => json!(100),
                "maxSocketOperations" => json!(50),
                "keepAliveSeconds" => json!(15),
                "maxAddressConnections" => json!(400),
                "headTimeoutSeconds" | "bodyTimeoutSeconds" => json!(10),
                "idleTimeoutSeconds" => json!(75),
                "stallTimeoutSeconds" => json!(60),
                "minReadBytesPerSecond" => json!(10_000),
                other => panic!("{other}"),
            }),
            Thing::Session(session) => self.session(session, field, arguments),
            Thing::Customer(session) => text(session.text(&format!("customer_{field}"))),
            Thing::Computer(session) => text(session.text(&format!("computer_{field}"))),
            Thing::Technician(technician) => match field {
                "id" => {
                    Resolved::Leaf(json!(format!("technician_{}", self.technician_id(*technician))))
                }
                "username" => text(Some(technician.username)),
                "name" => text(technician.name),
                "sessions" => self.sessions(Some(*technician), arguments),
                other => panic!("{other}"),
            },
            Thing::ChatMessage(session, nth) => {
                let Message { sent_at, sender, role, body } = &session.details.chat[*nth];
                match field {
                    "id" => {
                        Resolved::Leaf(json!(format!("chatMessage_{}_{}", session.id, nth + 1)))
                    }
                    "sentAt" => Resolved::Leaf(time(*sent_at)),
                    "sender" => text(sender.as_deref()),
                    "senderRole" => text(Some(role)),
                    "body" => text(Some(body)),
                    other => panic!("{other}"),
                }
            }
            Thing::Video(session, nth) => match field {
                "id" => Resolved::Leaf(json!(format!("video_{}_{}", session.id, nth + 1))),
                "url" => text(Some(&session.details.videos[*nth])),
                // The model has links alone.
                "recordedAt" | "durationSeconds" | "sizeBytes" => text(None),
                other => panic!("{other}"),
            },
            Thing::CustomField((name, value)) => match field {
                "name" => text(Some(name)),
                "value" => text(value.as_deref()),
                other => panic!("{other}"),
            },
            Thing::Connection(_, page) => match field {
                "nodes" => Resolved::Many(page.items.iter().map(|it| Some(it.0.clone())).collect()),
                "edges" => {
                    let edge = |(thing, cursor): &(Thing<'a>, String)| {
                        Some(Thing::Edge(Box::new(thing.clone()), cursor.clone()))
                    };
                    Resolved::Many(page.items.iter().map(edge).collect())
                }
                "pageInfo" => Resolved::One(Some(Thing::PageInfo(page.clone()))),
                "totalCount" => Resolved::Leaf(json!(page.total)),
                other => panic!("{other}"),
            },
            Thing::Edge(node, cursor) => match field {
                "node" => Resolved::One(Some((**node).clone())),
                "cursor" => text(Some(cursor)),
                other => panic!("{other}"),
            },
            Thing::PageInfo(page) => match field {
                "hasNextPage" => Resolved::Leaf(json!(page.has_next)),
                "hasPreviousPage" => Resolved::Leaf(json!(page.has_previous)),
                "startCursor" => text(page.items.first().map(|it| it.1.as_str())),
                "endCursor" => text(page.items.last().map(|it| it.1.as_str())),
                other => panic!("{other}"),
            },
        }
    }

    fn root(&self, field: &str, arguments: &[Argument]) -> Resolved<'a> {
        let argument = |name| argument(arguments, name).unwrap();
        let id = || argument("id").as_str().unwrap().to_owned();
        match field {
            "sessions" => self.sessions(None, arguments),
            "session" => Resolved::One(self.node(&id())),
            "technicians" => {
                let item = |technician: Technician| {
                    let tail = format!("t/{}", folded(technician.username));
                    (Thing::Technician(technician), self.cursor(&tail))
                };
                let all = self.technicians().into_iter().map(item).collect();
                Self::connection("Technician", self.page(("t", None), all, arguments))
            }
            "technician" => {
                let username = argument("username");
                let found = |it: &Technician| same(it.username, username.as_str().unwrap());
                Resolved::One(self.technicians().into_iter().find(found).map(Thing::Technician))
            }
            "node" => Resolved::One(self.node(&id())),
            "nodes" => {
                let ids = argument("ids");
                let ids = ids.as_array().unwrap().iter();
                Resolved::Many(ids.map(|id| self.node(id.as_str().unwrap())).collect())
            }
            "viewer" => Resolved::One(Some(Thing::Viewer)),
            "customFieldNames" => {
                let mut sessions: Vec<_> = self.history.sessions.iter().collect();
                sessions.sort_by_key(|it| it.id);
                let fields = sessions.into_iter().flat_map(|it| &it.details.fields);
                let mut names = BTreeMap::new();
                for (name, _) in fields {
                    names.entry(folded(name)).or_insert(name);
                }
                Resolved::Leaf(json!(names.values().collect::<Vec<_>>()))
            }
            // The key of the test is not an administrator's.
            "legacyUsage" | "auditEvents" | "holds" => Resolved::Fails,
            other => panic!("{other}"),
        }
    }

    fn session(&self, session: &'a Session, field: &str, arguments: &[Argument]) -> Resolved<'a> {
        let details = &session.details;
        let (id, started_at, ended_at) = (session.id, details.started_at, details.ended_at);
        match field {
            "id" => Resolved::Leaf(json!(format!("session_{id}"))),
            "legacyId" => Resolved::Leaf(json!(id.to_string())),
            "startedAt" => Resolved::Leaf(time(started_at)),
            "endedAt" => Resolved::Leaf(ended_at.map_or(Value::Null, time)),
            "durationSeconds" => session.duration().map_or_else(|| text(None), int),
            "chatMessageCount" => int(details.chat.len() as i64),
            "firstResponseSeconds" => session.first_response().map_or_else(|| text(None), int),
            // The time in tests.
            "updatedAt" => text(Some("2026-01-02T03:04:05Z")),
            "startMethod" => text(Some(if details.agent { "AGENT" } else { "APPLET" })),
            "answered" => Resolved::Leaf(json!(details.technician.is_some())),
            "customer" => Resolved::One(Some(Thing::Customer(session))),
            "computer" => Resolved::One(Some(Thing::Computer(session))),
            "technician" => Resolved::One(details.technician.map(Thing::Technician)),
            "problemDescription" => text(session.text("problem_description")),
            "notes" => text(session.text("notes")),
            "hasVideos" => Resolved::Leaf(json!(details.has_videos)),
            "chatMessages" => {
                let customers = arguments.iter().any(|it| it.0 == "filter");
                let messages = details.chat.iter().enumerate();
                let all = messages.filter(|(_, it)| !customers || it.role == "CUSTOMER");
                let item = |(nth, _)| {
                    let cursor = self.cursor(&format!("c{id}/{}", nth + 1));
                    (Thing::ChatMessage(session, nth), cursor)
                };
                let all = all.map(item).collect();
                let head = format!("c{id}");
                Self::connection("ChatMessage", self.page((&head, None), all, arguments))
            }
            "videos" => {
                let item = |nth| {
                    let cursor = self.cursor(&format!("v{id}/{}", nth + 1));
                    (Thing::Video(session, nth), cursor)
                };
                let all = (0..details.videos.len()).map(item).collect();
                let head = format!("v{id}");
                Self::connection("Video", self.page((&head, None), all, arguments))
            }
            "customFields" => {
                let name = argument(arguments, "name");
                let named = |field: &&(String, Option<String>)| {
                    name.as_ref().and_then(Value::as_str).is_none_or(|name| same(name, &field.0))
                };
                let fields = details.fields.iter().filter(named);
                Resolved::Many(fields.map(|field| Some(Thing::CustomField(field))).collect())
            }
            other => panic!("{other}"),
        }
    }
}
