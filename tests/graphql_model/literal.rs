//! JSON as a literal of a GraphQL document.

use serde_json::Value;

/// The fields under which a text is the name of an enum's value.
const ENUMS: [&str; 2] = ["startMethod", "senderRole"];

/// The value as a literal.
pub fn literal(value: &Value) -> String {
    written(value, false)
}

fn written(value: &Value, of_enum: bool) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| written(item, of_enum)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                format!("{name}: {}", written(value, of_enum || ENUMS.contains(&name.as_str())))
            };
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Value::String(word) if of_enum => word.clone(),
        // The escapes of JSON are escapes of GraphQL too.
        other => other.to_string(),
    }
}
