//! Random filters, as their JSON.

use proptest::{collection::vec, prelude::*, sample::select, strategy::Union};
use serde_json::{Map, Value, json};

use crate::model::{
    history::{History, TECHNICIANS},
    session::Session,
    text,
    time::{self, SECOND},
};

/// How deep `and`, `or` and `not` stand in one another.
const DEPTH: usize = 3;

type Json = BoxedStrategy<Value>;
type Field = (&'static str, u32, Json);

/// A `SessionFilter` that may keep some sessions of the history.
pub fn sessions(history: &History) -> Json {
    let ids: Vec<_> = history.sessions.iter().map(|it| it.id).chain([7, 404]).collect();
    let id = (select(ids), 0..6).prop_map(|(id, form)| match form {
        0 => json!(id),
        1 => json!(format!("session_{id}")),
        _ => json!(id.to_string()),
    });
    let id = id.boxed();
    let mut ids = vec![("eq", 2, id.clone()), ("ne", 1, id.clone()), ("in", 2, list(id.clone()))];
    ids.extend(["gt", "gte", "lt", "lte"].map(|operator| (operator, 1, id.clone())));
    let ids = object(ids);
    let durations = history.sessions.iter().filter_map(Session::duration);
    let responses = history.sessions.iter().filter_map(Session::first_response);
    let (text, time) = (text_filter(&history.texts), time_filter(&history.times));
    let customer = ["name", "email", "number"].map(|name| (name, 1, text.clone()));
    let computer = ["name", "domain", "os"].map(|name| (name, 1, text.clone()));
    let custom_field = [
        ("name", 1, text::sought(&history.texts).prop_map(Value::from).boxed()),
        ("value", 1, text.clone()),
    ];
    let (chat, videos) = (chat_messages(history), videos(history));
    let quantified = |filter: Json| object(vec![("some", 2, filter.clone()), ("none", 1, filter)]);
    let fields = vec![
        ("legacyId", 3, ids),
        ("startedAt", 2, time.clone()),
        ("endedAt", 2, time.clone()),
        ("updatedAt", 1, time),
        ("durationSeconds", 2, number_filter(durations)),
        (
            "chatMessageCount",
            1,
            number_filter(history.sessions.iter().map(|it| it.details.chat.len() as i64)),
        ),
        ("firstResponseSeconds", 2, number_filter(responses)),
        ("startMethod", 2, choice(words(&["APPLET", "AGENT"]))),
        ("answered", 2, any::<bool>().prop_map(Value::from).boxed()),
        ("hasVideos", 2, any::<bool>().prop_map(Value::from).boxed()),
        ("customer", 3, object(customer.to_vec())),
        ("computer", 3, object(computer.to_vec())),
        ("technician", 5, technicians()),
        ("problemDescription", 1, text.clone()),
        ("notes", 1, text),
        ("customField", 4, object(custom_field.to_vec())),
        ("chatMessages", 3, quantified(chat)),
        ("videos", 2, quantified(videos)),
        ("search", 3, text::search(&history.texts).prop_map(Value::from).boxed()),
    ];
    let one = joined(&fields, 0);
    let not_one = one.clone().prop_map(|one| json!({ "not": one }));
    prop_oneof![joined(&fields, DEPTH), one, not_one].boxed()
}

/// A `TechnicianFilter`.
pub fn technicians() -> Json {
    let names = |of: fn(&crate::model::session::Technician) -> Option<&'static str>| {
        let known: Vec<_> = TECHNICIANS.iter().filter_map(of).map(str::to_owned).collect();
        text_filter(&known)
    };
    let username = names(|it| Some(it.username));
    let name = names(|it| it.name);
    joined(&[("username", 1, username), ("name", 1, name)], 2)
}

/// A `ChatMessageFilter`.
pub fn chat_messages(history: &History) -> Json {
    let (text, time) = (text_filter(&history.texts), time_filter(&history.times));
    let roles = choice(words(&["TECHNICIAN", "CUSTOMER", "SYSTEM", "UNKNOWN"]));
    let fields = [
        ("sentAt", 1, time),
        ("sender", 1, text.clone()),
        ("senderRole", 1, roles),
        ("body", 1, text),
    ];
    joined(&fields, 2)
}

/// A `VideoFilter`. Of an imported recording neither the beginning nor the length is known.
pub fn videos(history: &History) -> Json {
    let number = || (-1..3).prop_map(Value::from).boxed();
    let length = ["eq", "gt", "gte", "lt", "lte"].map(|operator| (operator, 1, number()));
    let fields = [
        ("recordedAt", 1, time_filter(&history.times)),
        ("durationSeconds", 1, object(length.to_vec())),
    ];
    joined(&fields, 2)
}

/// An `IntFilter` of these numbers, and of others near them.
fn number_filter(of: impl Iterator<Item = i64>) -> Json {
    let near = |number: i64| i32::try_from(number).unwrap_or(i32::MAX - 1);
    let known: Vec<_> = of.map(near).chain([-1, 0, 3_600]).collect();
    let number = (select(known), -1..=1).prop_map(|(known, step)| Value::from(known + step));
    let number = number.boxed();
    let operators = ["eq", "gt", "gte", "lt", "lte"];
    object(operators.map(|operator| (operator, 1, number.clone())).to_vec())
}

/// An object of such fields, among them `and`, `or` and `not` down to some depth.
fn joined(fields: &[Field], depth: usize) -> Json {
    let mut all = fields.to_vec();
    if depth > 0 {
        let inner = joined(fields, depth - 1);
        let weight: u32 = fields.iter().map(|field| field.1).sum::<u32>() / 5 + 1;
        all.extend([
            ("and", weight, list(inner.clone())),
            ("or", weight, list(inner.clone())),
            ("not", 2 * weight, inner),
        ]);
    }
    object(all)
}

/// An object of none to three of these fields, seldom one of them null.
fn object(fields: Vec<Field>) -> Json {
    let field = |(name, weight, value): Field| {
        let value = prop_oneof![15 => value, 1 => Just(Value::Null)];
        (weight, value.prop_map(move |value| (name.to_owned(), value)).boxed())
    };
    let field = Union::new_weighted(fields.into_iter().map(field).collect());
    let count = prop_oneof![1 => 0..1_usize, 8 => 1..2_usize, 3 => 2..4_usize];
    count
        .prop_flat_map(move |count| vec(field.clone(), count))
        .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>()))
        .boxed()
}

/// A list, or a single item in its place, which GraphQL reads as a list of one.
fn list(item: Json) -> Json {
    let items = vec(item.clone(), 0..4).prop_map(Value::from);
    prop_oneof![9 => items, 1 => item].boxed()
}

fn choice(of: Json) -> Json {
    object(vec![("eq", 2, of.clone()), ("ne", 1, of.clone()), ("in", 2, list(of))])
}

fn words(words: &[&'static str]) -> Json {
    select(words.to_vec()).prop_map(Value::from).boxed()
}

fn text_filter(pool: &[String]) -> Json {
    let sought = text::sought(pool).prop_map(Value::from).boxed();
    let part = text::part(pool).prop_map(Value::from).boxed();
    object(vec![
        ("eq", 3, sought.clone()),
        ("ne", 2, sought.clone()),
        ("in", 2, list(sought)),
        ("contains", 2, part.clone()),
        ("startsWith", 2, part.clone()),
        ("endsWith", 2, part),
        ("isNull", 2, any::<bool>().prop_map(Value::from).boxed()),
    ])
}

fn time_filter(times: &[i64]) -> Json {
    let fractions = vec!["", "", "0", "5", "000001", "0000019", "499999999"];
    let parts =
        (select(times.to_vec()), -1..2_i64, select(vec![0, 0, 60, -330]), select(fractions));
    let time = parts.prop_map(|(at, step, offset, fraction)| {
        // The years 1 to 9999 are all there are.
        let outermost = at.abs() > 60_000_000_000 * SECOND;
        let (step, offset) = if outermost { (0, 0) } else { (step, offset) };
        Value::from(time::rfc3339(at + step * SECOND, offset, fraction))
    });
    let time = time.boxed();
    let operator = |operator| (operator, 2, time.clone());
    let mut fields = ["eq", "gt", "gte", "lt", "lte"].map(operator).to_vec();
    let durations = ["P7D", "P1M", "PT1S", "P1Y2M3DT4H", "P15Y", "P60Y", "P2025Y", "P9999Y"];
    fields.push(("within", 2, words(&durations)));
    fields.push(("isNull", 1, any::<bool>().prop_map(Value::from).boxed()));
    object(fields)
}
