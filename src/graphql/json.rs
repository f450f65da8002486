//! An answer as JSON. What plans wrote is copied out as it stands.

use async_graphql::{Response, Value};
use serde::Serialize;

/// The answer of a request that was run: its errors, if there are any, and its data.
pub fn answer(response: &Response) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    out.push(b'{');
    if !response.errors.is_empty() {
        out.extend_from_slice(b"\"errors\":");
        json(&response.errors, &mut out);
        out.push(b',');
    }
    out.extend_from_slice(b"\"data\":");
    value(&response.data, &mut out);
    out.push(b'}');
    out
}

/// The data of an answer alone.
pub fn data(data: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    value(data, &mut out);
    out
}

fn value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Binary(written) => out.extend_from_slice(written),
        Value::List(items) => {
            out.push(b'[');
            for (nth, item) in items.iter().enumerate() {
                if nth > 0 {
                    out.push(b',');
                }
                self::value(item, out);
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            out.push(b'{');
            for (nth, (key, field)) in fields.iter().enumerate() {
                if nth > 0 {
                    out.push(b',');
                }
                json(key, out);
                out.push(b':');
                self::value(field, out);
            }
            out.push(b'}');
        }
        scalar => json(scalar, out),
    }
}

fn json(value: &impl Serialize, out: &mut Vec<u8>) {
    // Writing to memory cannot fail, nor can any value of an answer.
    let _ = serde_json::to_writer(out, value);
}
