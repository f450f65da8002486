//! Writes a legacy document of any size to standard output, for measuring imports:
//! `cargo run --release --example make_export -- --sessions 100000 --format xml > export.xml`.
//!
//! The sessions are those of the demo account, repeated with new ids and dates and with the given
//! number of chat messages. The same arguments write the same document.

use std::io::{self, BufWriter, Write};

use clap::{Parser, ValueEnum};
use serde_json::{Value, json};
use session_history::{
    demo,
    domain::time::Timestamp,
    history::record::{Field, Record},
};

#[derive(Parser)]
struct Arguments {
    /// Number of sessions.
    #[arg(long, default_value_t = 10_000)]
    sessions: usize,
    /// Format of the document.
    #[arg(long, value_enum, default_value = "xml")]
    format: Format,
    /// Number of chat messages of each session.
    #[arg(long, default_value_t = 12)]
    messages: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Xml,
    Json,
}

fn main() -> io::Result<()> {
    let Arguments { sessions, format, messages } = Arguments::parse();
    let until = Timestamp::parse_civil("2025-01-01").ok_or(io::ErrorKind::InvalidInput)?;
    let templates: Vec<Value> = demo::records(until).map(|record| members(&record)).collect();
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        Format::Xml => write!(out, "<response><nrequests>{sessions}</nrequests><requests>")?,
        Format::Json => write!(out, "{{\"nrequests\":{sessions},\"requests\":[")?,
    }
    for (index, template) in templates.iter().cycle().take(sessions).enumerate() {
        let session = vary(template.clone(), index, messages);
        match format {
            Format::Xml => element(&mut out, "request", &session)?,
            Format::Json => {
                out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut out, &session)?;
            }
        }
    }
    match format {
        Format::Xml => writeln!(out, "</requests></response>")?,
        Format::Json => writeln!(out, "]}}")?,
    }
    out.flush()
}

/// Gives a session its id and minute, and its chat the given length.
fn vary(mut session: Value, index: usize, messages: usize) -> Value {
    let start = Timestamp::from_micros(1_262_304_000_000_000 + index as i64 * 60_000_000);
    let later = |seconds: i64| {
        let time = start.and_then(|it| Timestamp::from_micros(it.micros() + seconds * 1_000_000));
        Value::from(time.map(Timestamp::civil).unwrap_or_default())
    };
    session["id"] = json!(1 + index);
    session["date_start"] = later(0);
    if session["date_end"] != "" {
        session["date_end"] = later(3_600);
    }
    let said = session["chat_info"].take();
    let lines = said.as_array().into_iter().flatten().cycle().take(messages).enumerate();
    session["chat_info"] = lines
        .map(|(number, line)| {
            let mut line = line.clone();
            line["date"] = later(20 + 20 * number as i64);
            line
        })
        .collect();
    session
}

/// A session as the members of a JSON document.
fn members(record: &Record) -> Value {
    let text = |field: &Field<String>| match field {
        Field::Value(text) => text.clone(),
        Field::Absent | Field::Empty => String::new(),
    };
    let ended = matches!(record.ended_at, Field::Value(_));
    let chat = record.chat.iter().flatten().map(|line| {
        json!({
            "sender": line.sender,
            "sender_role": line.sender_role.map(|role| role.as_str()),
            "text": line.body,
        })
    });
    let fields = record.custom_fields.iter().flatten();
    let number = |field: &Field<i64>| match field {
        Field::Value(number) => json!(number),
        Field::Absent | Field::Empty => Value::Null,
    };
    let videos = record.videos.iter().flatten().map(|video| {
        let recorded_at = match video.recorded_at {
            Field::Value(time) => json!(time.civil()),
            Field::Absent | Field::Empty => Value::Null,
        };
        json!({
            "url": video.url,
            "recorded_at": recorded_at,
            "duration_seconds": number(&video.duration_seconds),
            "size_bytes": number(&video.size_bytes),
        })
    });
    json!({
        "tech_username": text(&record.tech_username),
        "tech_name": text(&record.tech_name),
        "customer_name": text(&record.customer_name),
        "customer_email": text(&record.customer_email),
        "customer_number": text(&record.customer_number),
        "computer_name": text(&record.computer_name),
        "computer_domain": text(&record.computer_domain),
        "computer_os": text(&record.computer_os),
        "problem_description": text(&record.problem_description),
        "notes": text(&record.notes),
        "start_method": record.start_method.map(|method| method.as_str()),
        "has_videos": record.has_videos.map(|has| if has { "TRUE" } else { "FALSE" }),
        "date_end": if ended { "later" } else { "" },
        "chat_info": chat.collect::<Value>(),
        "video_links": videos.collect::<Value>(),
        "custom_fields": fields
            .map(|it| json!({ "name": it.name, "value": it.value }))
            .collect::<Value>(),
    })
}

/// Writes a value as an XML element, and each item of a list as an element.
fn element(out: &mut impl Write, name: &str, value: &Value) -> io::Result<()> {
    write!(out, "<{name}>")?;
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("custom_fields", Value::Array(fields)) => {
                        for field in fields {
                            element(out, "custom_field_name", &field["name"])?;
                            element(out, "custom_field_value", &field["value"])?;
                        }
                    }
                    _ => element(out, name, value)?,
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                match name {
                    "chat_info" => element(out, "message", item)?,
                    _ => video_link(out, item)?,
                }
            }
        }
        Value::String(text) => out.write_all(escaped(text).as_bytes())?,
        Value::Null => {}
        value => write!(out, "{value}")?,
    }
    write!(out, "</{name}>")
}

/// Writes a recording: its link as text, the rest as attributes.
fn video_link(out: &mut impl Write, video: &Value) -> io::Result<()> {
    write!(out, "<video_link")?;
    for name in ["recorded_at", "duration_seconds", "size_bytes"] {
        match &video[name] {
            Value::Null => {}
            Value::String(text) => write!(out, " {name}=\"{}\"", escaped(text))?,
            number => write!(out, " {name}=\"{number}\"")?,
        }
    }
    write!(out, ">{}</video_link>", escaped(video["url"].as_str().unwrap_or_default()))
}

fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).replace('\r', "&#13;")
}
