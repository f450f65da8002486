//! The encodings of a call as a request.

use axum::{
    body::Body,
    http::{Request, request},
};
use proptest::{collection::vec, prelude::*};

use super::call::{Call, Filter, Format, Meaning};
use crate::model::time;

/// Some paths of the legacy URL.
const PATHS: [&str; 5] = [
    "/get_session_history.php",
    "/integration/get_session_history.php",
    "/integration/get_history_api.php",
    "/INTEGRATION/Get_History_Api.php/",
    "//a%20b/GET_SESSION_HISTORY.PHP",
];

/// Random choices that shrink to the plainest encoding.
#[derive(Clone, Debug)]
pub struct Dice {
    throws: Vec<u8>,
    next: usize,
}

/// Any random choices.
pub fn dice() -> impl Strategy<Value = Dice> {
    vec(any::<u8>(), 64).prop_map(|throws| Dice { throws, next: 0 })
}

/// A request as it is sent.
#[derive(Debug)]
pub struct Sent {
    url: String,
    /// The form of a POST; a GET has none.
    form: Option<Vec<u8>>,
    content_type: Option<&'static str>,
}

/// A parameter of the request.
struct Parameter {
    name: &'static str,
    value: String,
    filter: Option<Filter>,
}

impl Dice {
    /// One of `0..sides`.
    fn throw(&mut self, sides: u8) -> u8 {
        self.next += 1;
        // A later round through the throws gives other choices.
        let round = (self.next / self.throws.len()) as u8;
        let throw = self.throws[self.next % self.throws.len()];
        if throw == 0 { 0 } else { throw.wrapping_add(round.wrapping_mul(37)) % sides }
    }

    /// True in few cases.
    fn seldom(&mut self) -> bool {
        self.throw(8) == 7
    }

    fn choose<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.throw(u8::try_from(of.len()).unwrap()))]
    }
}

impl From<Sent> for Request<Body> {
    fn from(sent: Sent) -> Self {
        let builder: request::Builder = match &sent.form {
            Some(_) => Request::post(&sent.url),
            None => Request::get(&sent.url),
        };
        let builder = sent
            .content_type
            .into_iter()
            .fold(builder, |builder, content_type| builder.header("content-type", content_type));
        builder.body(sent.form.map_or_else(Body::empty, Body::from)).unwrap()
    }
}

/// Encodes a call as a request, and returns its meaning.
pub fn send(call: &Call, key: &str, dice: &mut Dice) -> (Sent, Meaning) {
    // GET, a form, or both. The form takes precedence.
    let kind = dice.throw(3);
    let (mut query, mut form) = (Vec::new(), Vec::new());
    let vars_in_form = kind > 0 && (kind == 1 || dice.throw(2) == 1);
    for parameter in parameters(call, key, dice) {
        let in_form = match parameter.name {
            "VARS" | "VARS[]" => vars_in_form,
            _ => kind == 1 || kind == 2 && dice.throw(2) == 1,
        };
        if in_form { &mut form } else { &mut query }.push(parameter);
    }
    if kind == 2 && vars_in_form && dice.throw(2) == 1 {
        query.push(Parameter { name: "VARS", value: "REPLACED".to_owned(), filter: None });
    }
    let order = query.iter().chain(&form);
    let filters: Vec<_> = order.filter_map(|parameter| parameter.filter.clone()).collect();

    let (path, query) = (dice.choose(&PATHS), written(&query, false, dice));
    let url = format!("{path}?{}", String::from_utf8(query).unwrap());
    let (form, content_type) = match (kind, dice.throw(4)) {
        (0, _) => (None, None),
        (_, 3) => (Some(multipart(&form, dice)), Some("multipart/form-data; boundary=-b0")),
        _ => {
            let urlencoded = "application/x-www-form-urlencoded";
            let with_charset = "application/x-www-form-urlencoded; charset=UTF-8";
            let content_type = dice.choose(&[Some(urlencoded), Some(with_charset), None]);
            (Some(written(&form, true, dice)), content_type)
        }
    };
    (Sent { url, form, content_type }, Meaning::new(call, &filters))
}

/// All parameters in some order. Only the order of filters of the same name has a meaning.
fn parameters(call: &Call, key: &str, dice: &mut Dice) -> Vec<Parameter> {
    let plain = |name, value: &str| Parameter { name, value: value.to_owned(), filter: None };
    let mut parameters = vec![plain("KEY", key)];
    parameters.extend(
        vars(call, dice)
            .iter()
            .map(|value| plain(if dice.seldom() { "VARS[]" } else { "VARS" }, value)),
    );
    if let Some(format) = call.format {
        parameters.push(plain("OUTPUT_FORMAT", &any_case(word(format), dice)));
    } else if dice.seldom() {
        parameters.push(plain("OUTPUT_FORMAT", ""));
    }
    for filter in &call.filters {
        let value = value(filter, dice);
        parameters.push(Parameter { name: filter.name(), value, filter: Some(filter.clone()) });
    }
    if dice.throw(4) == 3 {
        parameters.push(plain("FILTER_NOT_KNOWN", ""));
        parameters.push(plain("LIMIT", "10&<😀"));
    }
    // Parameters of the same name keep their order; the order of others is random.
    if dice.throw(2) == 1 {
        let (filters, mut others): (Vec<_>, Vec<_>) =
            parameters.into_iter().partition(|parameter| parameter.filter.is_some());
        let mut all = filters;
        all.append(&mut others);
        parameters = all;
    }
    parameters
}

/// The parts of `VARS`, usually one.
fn vars(call: &Call, dice: &mut Dice) -> Vec<String> {
    let mut parts = vec![String::new()];
    let token = call.format_token.map(|format| format!("OUTPUT_FORMAT={}", word(format)));
    let idle = dice.seldom().then(|| "OUTPUT_FORMAT".to_owned());
    let tokens = call.vars.iter().map(|var| (*var).to_owned());
    let tokens: Vec<_> = match dice.throw(2) {
        0 => tokens.chain(token).chain(idle).collect(),
        _ => token.into_iter().chain(idle).chain(tokens).collect(),
    };
    for (place, token) in tokens.iter().enumerate() {
        let last = parts.last_mut().unwrap();
        if place > 0 && dice.seldom() {
            parts.push(any_case(token, dice));
            continue;
        }
        if place > 0 {
            last.push_str(dice.choose(&[" ", " ", " ", ",", ", ", "\n", "\r\n", "\t", " \u{A0}"]));
        }
        last.push_str(&any_case(token, dice));
    }
    parts
}

fn word(format: Format) -> &'static str {
    match format {
        Format::Xml => "XML",
        Format::Json => "JSON",
        Format::Csv => "CSV",
        Format::Ndjson => "NDJSON",
    }
}

fn value(filter: &Filter, dice: &mut Dice) -> String {
    let flag = |flag: Option<bool>, words: [&str; 3], dice: &mut Dice| match flag {
        Some(true) => any_case(words[0], dice),
        Some(false) => any_case(words[1], dice),
        None if dice.throw(2) == 0 => String::new(),
        None => any_case(words[2], dice),
    };
    match filter {
        Filter::Id(id) => id.map_or(String::new(), |id| match dice.seldom() {
            true => format!("00{id}"),
            false => id.to_string(),
        }),
        Filter::Start(_, at) => at.map_or(String::new(), |at| date(at, dice)),
        Filter::Text(_, _, text) | Filter::FieldName(text) | Filter::FieldValue(text) => {
            text.clone()
        }
        Filter::StartMethod(by) => flag(*by, ["AGENT", "APPLET", "ALL"], dice),
        Filter::Processed(is) => flag(*is, ["ANSWERED", "NOT_ANSWERED", "ALL"], dice),
        Filter::HasVideos(has) => match dice.throw(2) {
            0 => flag(*has, ["TRUE", "FALSE", ""], dice),
            _ => flag(*has, ["1", "0", ""], dice),
        },
    }
}

/// A date in one of its forms.
fn date(at: i64, dice: &mut Dice) -> String {
    let [year, month, day, hour, minute, second] = time::civil(at);
    let padded = dice.throw(4) < 3;
    let part = |part: i64| if padded { format!("{part:02}") } else { part.to_string() };
    let date = format!("{year:04}-{}-{}", part(month), part(day));
    if [hour, minute, second] == [0, 0, 0] && dice.throw(3) < 2 {
        return date;
    }
    let separator = dice.choose(&[" ", " ", "T"]);
    let zone = dice.choose(&["", "", "Z"]);
    let clock = match second {
        0 if dice.throw(2) == 1 => format!("{}:{}", part(hour), part(minute)),
        _ => format!("{}:{}:{}", part(hour), part(minute), part(second)),
    };
    format!("{date}{separator}{clock}{zone}")
}

fn any_case(word: &str, dice: &mut Dice) -> String {
    match dice.throw(6) {
        0..=2 => word.to_owned(),
        3 => word.to_ascii_lowercase(),
        _ => {
            let swapped = |c: char| match dice.throw(2) {
                0 => c,
                _ => c.to_ascii_lowercase(),
            };
            word.chars().map(swapped).collect()
        }
    }
}

/// The parameters as a query string or a form.
fn written(parameters: &[Parameter], in_form: bool, dice: &mut Dice) -> Vec<u8> {
    let mut out = Vec::new();
    for (place, parameter) in parameters.iter().enumerate() {
        if place > 0 {
            out.extend_from_slice(if dice.seldom() { b"&&" } else { b"&" });
        }
        let before = if dice.seldom() { dice.choose(&[" ", "\r\n", "\n ", "\t"]) } else { "" };
        let after = if dice.seldom() { " " } else { "" };
        let name = format!("{before}{}{after}", any_case(parameter.name, dice));
        encode(name.as_bytes(), in_form, dice, &mut out);
        out.push(b'=');
        let padding =
            if dice.seldom() { dice.choose(&[" ", "\n", "\t\r\n", "\u{3000}"]) } else { "" };
        let text = format!("{padding}{}{padding}", parameter.value);
        let bytes = dice.seldom().then(|| windows_1252(&text)).flatten();
        encode(&bytes.unwrap_or(text.into_bytes()), in_form, dice, &mut out);
    }
    out
}

/// The parameters as a multipart form.
fn multipart(parameters: &[Parameter], dice: &mut Dice) -> Vec<u8> {
    let mut out = Vec::new();
    for parameter in parameters {
        let name = any_case(parameter.name, dice);
        out.extend(
            format!("---b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").bytes(),
        );
        let bytes = dice.seldom().then(|| windows_1252(&parameter.value)).flatten();
        out.extend(bytes.unwrap_or_else(|| parameter.value.clone().into_bytes()));
        out.extend(b"\r\n");
    }
    out.extend(b"---b0--\r\n");
    out
}

/// A text in Windows-1252, unless its bytes are valid UTF-8.
fn windows_1252(text: &str) -> Option<Vec<u8>> {
    let byte = |c: char| match c {
        '\0'..='\u{7F}' | '\u{A0}'..='\u{FF}' => u8::try_from(c).ok(),
        _ => None,
    };
    let bytes: Vec<u8> = text.chars().map(byte).collect::<Option<_>>()?;
    std::str::from_utf8(&bytes).is_err().then_some(bytes)
}

fn encode(bytes: &[u8], in_form: bool, dice: &mut Dice, out: &mut Vec<u8>) {
    for byte in bytes {
        let harmless = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-' | b'.' => dice.throw(24) < 23,
            b'=' | b'@' | b',' | b':' | b'/' | b'!' | b'*' | b'[' | b']' => dice.throw(2) == 1,
            b'&' | b'+' | b'%' | b' ' => false,
            _ => in_form && dice.throw(2) == 1,
        };
        match byte {
            // An equals sign in a name would end it. No name has one.
            _ if harmless => out.push(*byte),
            b' ' if dice.throw(2) == 0 => out.push(b'+'),
            _ if dice.throw(3) == 2 => out.extend(format!("%{byte:02x}").bytes()),
            _ => out.extend(format!("%{byte:02X}").bytes()),
        }
    }
}
