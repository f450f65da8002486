//! The meaning of filters, written a second time as a reference. Conditions are true or false: for an
//! absent value only `isNull: true` and `ne` are true.

use serde_json::Value;

use crate::model::{
    order::STORED_AT,
    session::{Message, Session, Technician},
    text::{folded, matches_search, same},
    time,
};

/// Whether a `SessionFilter` matches a session.
pub fn session(filter: &Value, it: &Session) -> bool {
    let details = &it.details;
    all(filter, |field, asked| match field {
        "legacyId" => all(asked, |operator, asked| match operator {
            "eq" => number(asked) == it.id,
            "ne" => number(asked) != it.id,
            "in" => items(asked).iter().any(|id| number(id) == it.id),
            _ => compare(operator, it.id, number(asked)),
        }),
        "durationSeconds" => integer(asked, it.duration()),
        "chatMessageCount" => integer(asked, Some(details.chat.len() as i64)),
        "firstResponseSeconds" => integer(asked, it.first_response()),
        "startedAt" => time(asked, Some(details.started_at)),
        "endedAt" => time(asked, details.ended_at),
        "updatedAt" => time(asked, Some(STORED_AT)),
        "startMethod" => {
            choice(asked, |word| word == if details.agent { "AGENT" } else { "APPLET" })
        }
        "answered" => details.technician.is_some() == *asked,
        "hasVideos" => details.has_videos == *asked,
        "customer" | "computer" => {
            all(asked, |part, asked| text(asked, it.text(&format!("{field}_{part}"))))
        }
        "technician" if asks_nothing(asked) => true,
        "technician" => details.technician.is_some_and(|it| technician(asked, &it)),
        "problemDescription" => text(asked, it.text("problem_description")),
        "notes" => text(asked, it.text("notes")),
        "customField" if asks_nothing(asked) => true,
        "customField" => details.fields.iter().any(|field| custom_field(asked, field)),
        "chatMessages" => all(asked, |quantifier, filter| {
            details.chat.iter().any(|it| chat_message(filter, it)) == (quantifier == "some")
        }),
        "videos" => all(asked, |quantifier, filter| {
            details.videos.iter().any(|_| video(filter)) == (quantifier == "some")
        }),
        "search" => {
            let texts = [it.text("problem_description"), it.text("notes")].into_iter().flatten();
            let texts = texts.chain(details.chat.iter().map(|it| &*it.body));
            matches_search(asked.as_str().unwrap(), &texts.collect::<Vec<_>>())
        }
        _ => joint(field, asked, |filter| session(filter, it)),
    })
}

/// Whether a `TechnicianFilter` matches a technician.
pub fn technician(filter: &Value, it: &Technician) -> bool {
    all(filter, |field, asked| match field {
        "username" => text(asked, Some(it.username)),
        "name" => text(asked, it.name),
        _ => joint(field, asked, |filter| technician(filter, it)),
    })
}

/// Whether a `ChatMessageFilter` matches a message.
pub fn chat_message(filter: &Value, it: &Message) -> bool {
    all(filter, |field, asked| match field {
        "sentAt" => time(asked, Some(it.sent_at)),
        "sender" => text(asked, it.sender.as_deref()),
        "senderRole" => choice(asked, |word| word == it.role),
        "body" => text(asked, Some(&it.body)),
        _ => joint(field, asked, |filter| chat_message(filter, it)),
    })
}

/// Whether a `VideoFilter` matches a video of which only the URL is known.
pub fn video(filter: &Value) -> bool {
    all(filter, |field, asked| match field {
        "recordedAt" => time(asked, None),
        "durationSeconds" => all(asked, |_, _| false),
        _ => joint(field, asked, video),
    })
}

fn custom_field(filter: &Value, (name, value): &(String, Option<String>)) -> bool {
    all(filter, |field, asked| match field {
        "name" => same(asked.as_str().unwrap(), name),
        "value" => text(asked, value.as_deref()),
        _ => panic!("{field}"),
    })
}

/// Whether all fields of an object hold. Null is the same as absent.
fn all(object: &Value, holds: impl Fn(&str, &Value) -> bool) -> bool {
    let fields = object.as_object().unwrap().iter();
    fields.filter(|(_, asked)| !asked.is_null()).all(|(field, asked)| holds(field, asked))
}

/// Whether a filter of something related holds whatever that is, so that it need not exist.
fn asks_nothing(filter: &Value) -> bool {
    constant(filter) == Some(true)
}

/// Whether a filter holds always or never, if that does not depend on any operator.
fn constant(filter: &Value) -> Option<bool> {
    let Value::Object(fields) = filter else {
        // The value of an operator, or a list of them.
        return None;
    };
    let all = |parts: &mut dyn Iterator<Item = Option<bool>>| {
        let parts: Vec<_> = parts.collect();
        if parts.contains(&Some(false)) {
            Some(false)
        } else if parts.contains(&None) {
            None
        } else {
            Some(true)
        }
    };
    let not = |part: Option<bool>| part.map(|holds| !holds);
    let asked = fields.iter().filter(|(_, asked)| !asked.is_null());
    all(&mut asked.map(|(field, asked)| match field.as_str() {
        "and" => all(&mut items(asked).iter().map(constant)),
        "or" => not(all(&mut items(asked).iter().map(|part| not(constant(part))))),
        "not" => not(constant(asked)),
        _ => constant(asked),
    }))
}

fn joint(field: &str, asked: &Value, holds: impl Fn(&Value) -> bool) -> bool {
    match field {
        "and" => items(asked).iter().all(holds),
        "or" => items(asked).iter().any(holds),
        "not" => !holds(asked),
        _ => panic!("{field}"),
    }
}

/// The items of a list; a single item is a list of one.
fn items(list: &Value) -> &[Value] {
    match list {
        Value::Array(items) => items,
        Value::Null => &[],
        item => std::slice::from_ref(item),
    }
}

fn choice(filter: &Value, is: impl Fn(&Value) -> bool) -> bool {
    all(filter, |operator, asked| match operator {
        "eq" => is(asked),
        "ne" => !is(asked),
        "in" => items(asked).iter().any(&is),
        _ => panic!("{operator}"),
    })
}

fn number(id: &Value) -> i64 {
    match id {
        Value::String(id) => id.trim_start_matches("session_").parse().unwrap(),
        id => id.as_i64().unwrap(),
    }
}

fn text(filter: &Value, text: Option<&str>) -> bool {
    all(filter, |operator, asked| {
        let is = |asked: &Value| text.is_some_and(|text| same(text, asked.as_str().unwrap()));
        let whole = text.map(|text| folded(text.trim()));
        let part = || asked.as_str().unwrap();
        match operator {
            "eq" => is(asked),
            "ne" => !is(asked),
            "in" => items(asked).iter().any(is),
            "contains" => whole.is_some_and(|text| text.contains(&folded(part()))),
            "startsWith" => {
                whole.is_some_and(|text| text.starts_with(&folded(part().trim_start())))
            }
            "endsWith" => whole.is_some_and(|text| text.ends_with(&folded(part().trim_end()))),
            "isNull" => text.is_none() == *asked,
            _ => panic!("{operator}"),
        }
    })
}

fn time(filter: &Value, time: Option<i64>) -> bool {
    all(filter, |operator, asked| match operator {
        "isNull" => time.is_none() == *asked,
        "within" => {
            let start = back_from_now(asked.as_str().unwrap());
            time.is_some_and(|time| (start..=STORED_AT).contains(&time))
        }
        _ => {
            let than = time::read_rfc3339(asked.as_str().unwrap());
            time.is_some_and(|time| compare(operator, time, than))
        }
    })
}

/// The time that is this duration before now, which is the time at which all sessions were stored.
fn back_from_now(duration: &str) -> i64 {
    match duration {
        "P7D" => time::read_rfc3339("2025-12-26T03:04:05Z"),
        "P1M" => time::read_rfc3339("2025-12-02T03:04:05Z"),
        "PT1S" => time::read_rfc3339("2026-01-02T03:04:04Z"),
        "P1Y2M3DT4H" => time::read_rfc3339("2024-10-29T23:04:05Z"),
        "P15Y" => time::read_rfc3339("2011-01-02T03:04:05Z"),
        "P60Y" => time::read_rfc3339("1966-01-02T03:04:05Z"),
        "P2025Y" => time::read_rfc3339("0001-01-02T03:04:05Z"),
        "P9999Y" => time::read_rfc3339("0001-01-01T00:00:00Z"),
        _ => panic!("{duration}"),
    }
}

fn integer(filter: &Value, number: Option<i64>) -> bool {
    all(filter, |operator, asked| {
        number.is_some_and(|number| compare(operator, number, asked.as_i64().unwrap()))
    })
}

fn compare(operator: &str, value: i64, than: i64) -> bool {
    match operator {
        "eq" => value == than,
        "gt" => value > than,
        "gte" => value >= than,
        "lt" => value < than,
        "lte" => value <= than,
        _ => panic!("{operator}"),
    }
}
