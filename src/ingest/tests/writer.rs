//! A small writer of legacy documents, for reading back.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::{
    domain::time::Timestamp,
    history::record::{CustomField, Field, Record, VideoLink},
};

/// The fields with one text, in the document's order.
fn texts(record: &Record) -> Vec<(&'static str, Option<String>)> {
    let text = |field: &Field<String>| match field {
        Field::Absent => None,
        Field::Empty => Some(String::new()),
        Field::Value(text) => Some(text.clone()),
    };
    let date = |field: &Field<Timestamp>| match field {
        Field::Absent => None,
        Field::Empty => Some(String::new()),
        Field::Value(date) => Some(date.civil()),
    };
    vec![
        ("id", Some(record.id.to_string())),
        ("tech_username", text(&record.tech_username)),
        ("tech_name", text(&record.tech_name)),
        ("customer_name", text(&record.customer_name)),
        ("customer_email", text(&record.customer_email)),
        ("customer_number", text(&record.customer_number)),
        ("computer_name", text(&record.computer_name)),
        ("computer_domain", text(&record.computer_domain)),
        ("computer_os", text(&record.computer_os)),
        ("problem_description", text(&record.problem_description)),
        ("notes", text(&record.notes)),
        ("date_start", date(&record.started_at)),
        ("date_end", date(&record.ended_at)),
        ("start_method", record.start_method.map(|method| method.as_str().to_owned())),
        ("has_videos", record.has_videos.map(|has| has.to_string().to_uppercase())),
    ]
}

fn element(out: &mut String, name: &str, text: &str) {
    write!(out, "<{name}>").unwrap();
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\r' => write!(out, "&#{};", u32::from(c)).unwrap(),
            _ => out.push(c),
        }
    }
    writeln!(out, "</{name}>").unwrap();
}

/// What is known of a recording beside its link, with the names that documents use.
fn details(video: &VideoLink) -> Vec<(&'static str, String)> {
    let number = |field: &Field<i64>| match field {
        Field::Absent => None,
        Field::Empty => Some(String::new()),
        Field::Value(number) => Some(number.to_string()),
    };
    let recorded_at = match video.recorded_at {
        Field::Absent => None,
        Field::Empty => Some(String::new()),
        Field::Value(date) => Some(date.civil()),
    };
    let details = [
        ("recorded_at", recorded_at),
        ("duration_seconds", number(&video.duration_seconds)),
        ("size_bytes", number(&video.size_bytes)),
    ];
    details.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

fn video_link(out: &mut String, video: &VideoLink) {
    let mut content = String::new();
    element(&mut content, "video_link", &video.url);
    out.push_str("<video_link");
    details(video).iter().for_each(|(name, text)| write!(out, " {name}='{text}'").unwrap());
    out.push_str(content.strip_prefix("<video_link").unwrap());
}

/// A link alone is a text.
fn video(video: &VideoLink) -> Value {
    let details = details(video);
    if details.is_empty() {
        return json!(video.url);
    }
    let mut object = json!({ "url": video.url });
    details.into_iter().for_each(|(name, text)| object[name] = text.into());
    object
}

pub(super) fn xml(records: &[Record]) -> String {
    let mut out = format!("<response><nrequests>{}</nrequests><requests>", records.len());
    for record in records {
        out.push_str("<request>\n");
        for (name, text) in texts(record) {
            text.iter().for_each(|text| element(&mut out, name, text));
        }
        if let Some(chat) = &record.chat {
            out.push_str("<chat_info>");
            for line in chat {
                out.push_str("<message>");
                element(&mut out, "date", &line.sent_at.civil());
                line.sender.iter().for_each(|it| element(&mut out, "sender", it));
                line.sender_role
                    .iter()
                    .for_each(|it| element(&mut out, "sender_role", it.as_str()));
                element(&mut out, "text", &line.body);
                out.push_str("</message>");
            }
            out.push_str("</chat_info>");
        }
        if let Some(videos) = &record.videos {
            out.push_str("<video_links>");
            videos.iter().for_each(|link| video_link(&mut out, link));
            out.push_str("</video_links>");
        }
        if let Some(fields) = &record.custom_fields {
            let empty = CustomField { name: Some(String::new()), value: Some(String::new()) };
            let none = [empty];
            for field in if fields.is_empty() { &none[..] } else { fields } {
                field.name.iter().for_each(|it| element(&mut out, "custom_field_name", it));
                field.value.iter().for_each(|it| element(&mut out, "custom_field_value", it));
            }
        }
        out.push_str("</request>");
    }
    out + "</requests></response>"
}

pub(super) fn json(records: &[Record]) -> String {
    format!("{{\"nrequests\":{},\"requests\":{}}}", records.len(), list(records))
}

/// The records as an array.
pub(super) fn list(records: &[Record]) -> String {
    records.iter().map(object).collect::<Value>().to_string()
}

pub(super) fn object(record: &Record) -> Value {
    let mut object = Map::new();
    for (name, text) in texts(record) {
        object.extend(text.map(|text| (name.to_owned(), text.into())));
    }
    object.extend(record.chat.iter().map(|chat| {
        let line = |line: &crate::history::record::ChatLine| {
            let mut message = json!({ "date": line.sent_at.civil(), "text": line.body });
            line.sender.iter().for_each(|it| message["sender"] = it.as_str().into());
            line.sender_role.iter().for_each(|it| message["sender_role"] = it.as_str().into());
            message
        };
        ("chat_info".to_owned(), chat.iter().map(line).collect())
    }));
    object.extend(
        record
            .videos
            .iter()
            .map(|videos| ("video_links".to_owned(), videos.iter().map(video).collect())),
    );
    object.extend(record.custom_fields.iter().map(|fields| {
        let field = |field: &CustomField| {
            let halves = [("name", &field.name), ("value", &field.value)];
            let present =
                halves.into_iter().filter_map(|(half, text)| Some((half, text.as_ref()?)));
            present.map(|(half, text)| (half.to_owned(), json!(text))).collect::<Map<_, _>>()
        };
        ("custom_fields".to_owned(), fields.iter().map(|it| Value::Object(field(it))).collect())
    }));
    Value::Object(object)
}
