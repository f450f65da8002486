//! Requests that are made to hurt: each is refused with a precise error, and soon, and the server
//! lives on.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use crate::support::{
    Gateway, Tenant,
    process::{self, Server},
    wire,
};

const COMPLEX: &[&str] = &["QUERY_TOO_COMPLEX"];
const DEEP: &[&str] = &["QUERY_TOO_DEEP"];
const EITHER: &[&str] = &["QUERY_TOO_COMPLEX", "QUERY_TOO_DEEP"];
const WRONG: &[&str] = &["BAD_USER_INPUT"];

/// A request's body, and the codes of which its refusal must have one.
struct Hostile {
    name: &'static str,
    body: Vec<u8>,
    codes: &'static [&'static str],
}

fn hostile(name: &'static str, codes: &'static [&'static str], query: &str) -> Hostile {
    with_variables(name, codes, query, &json!({}))
}

fn with_variables(
    name: &'static str,
    codes: &'static [&'static str],
    query: &str,
    variables: &Value,
) -> Hostile {
    let body = json!({ "query": query, "variables": variables }).to_string().into_bytes();
    Hostile { name, body, codes }
}

/// `count` times what `part` makes of the number.
fn many(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

fn around(open: &str, count: usize, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(count), close.repeat(count))
}

fn list_of(count: usize) -> Value {
    (0..count).map(|n| n.to_string()).collect()
}

/// A document that is 13 fields deep, with more inside.
fn real(inside: &str) -> String {
    let steps = "technician{sessions(first:1){nodes{";
    format!("{{session(id:1){{{}{inside}{}}}}}", steps.repeat(4), "}}}".repeat(4))
}

fn expansion() -> Vec<Hostile> {
    let doubling = |count: usize| {
        let step = |n| format!("fragment f{n} on Query{{...f{0} ...f{0}}}", n + 1);
        let last = format!("fragment f{count} on Query{{viewer{{keyLabel}}}}");
        format!("{{...f0}}{}{last}", many(count, step))
    };
    let through_fields = |n| {
        let inside = format!("sessions{{nodes{{technician{{...g{}}}}}}}", n + 1);
        format!("fragment g{n} on Technician{{a:{inside} b:{inside}}}")
    };
    vec![
        hostile("fragments that double 25 times", COMPLEX, &doubling(25)),
        hostile("fragments that double 60 times", EITHER, &doubling(60)),
        hostile(
            "fragments that double through fields",
            EITHER,
            &format!(
                "{{technicians{{nodes{{...g0}}}}}}{}fragment g20 on Technician{{id}}",
                many(20, through_fields)
            ),
        ),
        hostile(
            "10,000 aliases of a field",
            COMPLEX,
            &format!("{{{}}}", many(10_000, |n| format!("a{n}:__typename "))),
        ),
        hostile(
            "31 aliases of a field",
            COMPLEX,
            &format!("{{{}}}", many(31, |n| format!("a{n}:viewer{{keyLabel}}"))),
        ),
        hostile(
            "31 aliases of a field in fragments",
            COMPLEX,
            &format!(
                "{{...a ...b}}fragment a on Query{{{}}}fragment b on Query{{...{{{}}}}}",
                many(15, |n| format!("a{n}:viewer{{keyLabel}}")),
                many(16, |n| format!("b{n}:viewer{{keyLabel}}"))
            ),
        ),
        hostile(
            "a field 10,000 times",
            COMPLEX,
            &format!("{{{}}}", "viewer{keyLabel}".repeat(10_000)),
        ),
        hostile(
            "12,000 fields that there are not",
            COMPLEX,
            &format!("{{{}}}", many(12_000, |n| format!("f{n} "))),
        ),
        hostile(
            "9,000 fields that there are not",
            WRONG,
            &format!("{{{}}}", many(9_000, |n| format!("f{n} "))),
        ),
        hostile(
            "3,000 directives on a field",
            WRONG,
            &format!("{{viewer{}{{keyLabel}}}}", "@skip(if:false)".repeat(3_000)),
        ),
        hostile(
            "12,000 directives on a field",
            COMPLEX,
            &format!("{{viewer{}{{keyLabel}}}}", "@skip(if:false)".repeat(12_000)),
        ),
        hostile("11,000 operations", COMPLEX, &many(11_000, |n| format!("query q{n}{{a}}"))),
        hostile(
            "5,000 operations and no word which to run",
            WRONG,
            &many(5_000, |n| format!("query q{n}{{__typename}}")),
        ),
        hostile(
            "3,000 variables",
            COMPLEX,
            &format!("query({}){{__typename}}", many(3_000, |n| format!("$v{n}:Int "))),
        ),
        hostile(
            "5,000 fragments that nothing uses",
            WRONG,
            &format!(
                "{{__typename}}{}",
                many(5_000, |n| format!("fragment f{n} on Query{{__typename}}"))
            ),
        ),
        hostile(
            "20,000 arguments",
            WRONG,
            &format!("{{session({}){{id}}}}", many(20_000, |n| format!("a{n}:1 "))),
        ),
    ]
}

fn depth() -> Vec<Hostile> {
    let chain = |count: usize| {
        let step = |n| format!("fragment f{n} on Query{{...f{}}}", n + 1);
        format!("{{...f0}}{}fragment f{count} on Query{{__typename}}", many(count, step))
    };
    vec![
        hostile("500 fields deep", DEEP, &around("{a", 500, "", "}")),
        hostile("80 fields deep", DEEP, &around("{a", 80, "", "}")),
        hostile("16 fields deep", DEEP, &real("technician{sessions{totalCount}}")),
        hostile("200,000 brackets that only open", DEEP, &"{".repeat(200_000)),
        hostile("200,000 parentheses that only open", DEEP, &format!("{{a{}", "(".repeat(200_000))),
        hostile(
            "500 lists in one another",
            DEEP,
            &format!("{{nodes(ids:{}){{id}}}}", around("[", 500, "", "]")),
        ),
        hostile(
            "500 input objects in one another",
            DEEP,
            &format!("{{sessions(filter:{}){{totalCount}}}}", around("{not:", 500, "{}", "}")),
        ),
        hostile(
            "500 inline fragments in one another",
            DEEP,
            &format!("{{{}}}", around("...{", 500, "__typename", "}")),
        ),
        hostile(
            "40 inline fragments in one another",
            DEEP,
            &format!("{{{}}}", around("...{", 40, "__typename", "}")),
        ),
        hostile(
            "500 inline fragments with types in one another",
            DEEP,
            &format!("{{{}}}", around("...on Query{", 500, "__typename", "}")),
        ),
        hostile("a chain of 5,000 fragments", DEEP, &chain(5_000)),
        hostile("a chain of 45 fragments", DEEP, &chain(45)),
        hostile(
            "a chain of 45 fragments of 60 levels",
            DEEP,
            &format!(
                "{{...f0}}{}fragment f45 on Query{{__typename}}",
                many(45, |n| {
                    let next = format!("...f{}", n + 1);
                    format!("fragment f{n} on Query{{{}}}", around("...{", 60, &next, "}"))
                })
            ),
        ),
        hostile(
            "a chain of 5,000 fragments that nothing uses",
            DEEP,
            &chain(5_000).replacen("{...f0}", "{__typename}", 1),
        ),
        hostile(
            "500 list types in one another",
            DEEP,
            &format!("query($a:{}){{__typename}}", around("[", 500, "Int", "]")),
        ),
        hostile(
            "90 list types in one another",
            WRONG,
            &format!("query($a:{}){{nodes(ids:$a){{id}}}}", around("[", 90, "Int", "]")),
        ),
        hostile(
            "500 lists in a directive",
            DEEP,
            &format!("{{__typename@skip(if:{})}}", around("[", 500, "true", "]")),
        ),
    ]
}

fn circles() -> Vec<Hostile> {
    vec![
        hostile("a fragment of itself", WRONG, "{...a}fragment a on Query{...a}"),
        hostile(
            "two fragments of each other",
            WRONG,
            "{...a}fragment a on Query{...b}fragment b on Query{...a}",
        ),
        hostile(
            "a fragment of itself through fields",
            WRONG,
            "{session(id:1){...a}}fragment a on Session{technician{sessions{nodes{...a}}}}",
        ),
        hostile(
            "a fragment of itself that nothing uses",
            WRONG,
            "{__typename}fragment a on Query{...{...a}}",
        ),
        hostile(
            "two fragments of each other that nothing uses",
            WRONG,
            "{__typename}fragment a on Query{...b}fragment b on Query{...a}",
        ),
    ]
}

fn lists_and_texts() -> Vec<Hostile> {
    let (nodes, found) = ("query($ids:[ID!]!){nodes(ids:$ids){id}}", "totalCount");
    let filtered = format!("query($f:SessionFilter){{sessions(filter:$f){{{found}}}}}");
    let text = "x".repeat(250 * 1024);
    let eq = |value: &str| format!("{{sessions(filter:{{notes:{{eq:{value}}}}}){{{found}}}}}");
    vec![
        hostile("251 ids", COMPLEX, &format!("{{nodes(ids:{}){{id}}}}", list_of(251))),
        with_variables("251 ids in a variable", COMPLEX, nodes, &json!({ "ids": list_of(251) })),
        hostile(
            "251 ids in the default of a variable",
            COMPLEX,
            &nodes.replace("!){", &format!("!={}){{", list_of(251))),
        ),
        hostile(
            "60,000 items in a list",
            COMPLEX,
            &format!("{{nodes(ids:[{}]){{id}}}}", "1 ".repeat(60_000)),
        ),
        hostile(
            "251 items in a list in an object in a list",
            COMPLEX,
            &format!(
                "{{sessions(filter:{{or:[{{legacyId:{{in:{}}}}}]}}){{{found}}}}}",
                list_of(251)
            ),
        ),
        with_variables(
            "251 items in an object in a variable",
            COMPLEX,
            &filtered,
            &json!({ "f": { "or": [{ "customer": { "name": { "in": list_of(251) } } }] } }),
        ),
        with_variables(
            "251 filters in a variable",
            COMPLEX,
            &filtered,
            &json!({ "f": { "and": vec![json!({}); 251] } }),
        ),
        with_variables(
            "lists of lists of filters",
            COMPLEX,
            &filtered,
            &json!({ "f": { "and": vec![json!({ "or": vec![json!({ "answered": true }); 30] }); 200] } }),
        ),
        with_variables(
            "50,000 texts in lists of 250",
            COMPLEX,
            &filtered,
            &json!({ "f": { "or": vec![json!({ "notes": { "in": vec!["x"; 250] } }); 200] } }),
        ),
        with_variables(
            "a variable of 250 texts used 250 times",
            COMPLEX,
            &format!(
                "query($t:[String!]){{sessions(filter:{{or:[{}]}}){{{found}}}}}",
                "{notes:{in:$t}}".repeat(250)
            ),
            &json!({ "t": list_of(250) }),
        ),
        with_variables(
            "40 input objects in one another in a variable",
            DEEP,
            &filtered,
            &(0..40).fold(json!({}), |inside, _| json!({ "f": { "not": inside["f"] } })),
        ),
        hostile("a text of 250 KiB", WRONG, &eq(&format!("\"{text}\""))),
        hostile("a block text of 250 KiB", WRONG, &eq(&format!("\"\"\"{text}\"\"\""))),
        hostile(
            "a block text of 100,000 lines",
            WRONG,
            &eq(&format!("\"\"\"{}\"\"\"", "\n x".repeat(60_000))),
        ),
        with_variables(
            "a text of 250 KiB in a variable",
            WRONG,
            &filtered,
            &json!({ "f": { "notes": { "contains": text } } }),
        ),
        hostile("an id of 250 KiB", WRONG, &format!("{{node(id:\"{text}\"){{id}}}}")),
        hostile(
            "a cursor of 250 KiB",
            WRONG,
            &format!("{{sessions(after:\"{text}\"){{{found}}}}}"),
        ),
        hostile("a name of 250 KiB", WRONG, &format!("{{{text}}}")),
        hostile("250 KiB of comments and a fault", WRONG, &format!("{}!", "#\n".repeat(80_000))),
    ]
}

/// Bodies that are not even JSON of the right kind.
fn bodies() -> Vec<Hostile> {
    let raw = |name, body: Vec<u8>| Hostile { name, body, codes: WRONG };
    let variables =
        |text: &str| format!("{{\"query\":\"{{__typename}}\",\"variables\":{text}}}").into_bytes();
    vec![
        raw("JSON 100,000 lists deep", variables(&around("[", 100_000, "", "]"))),
        raw("JSON 30,000 objects deep", variables(&around("{\"a\":", 30_000, "1", "}"))),
        raw("JSON that only opens", variables(&"{\"a\":[".repeat(40_000))),
        raw("a lone surrogate in JSON", br#"{"query":"{node(id:\"\ud800\"){id}}"}"#.to_vec()),
        raw(
            "bytes that are not UTF-8",
            b"{\"query\":\"{node(id:\\\"\xff\xfe\\\"){id}}\"}".to_vec(),
        ),
        raw("a number beyond all numbers", variables("{\"first\":1e999}")),
        raw("an overlong body of nothing", b" ".repeat(200_000)),
    ]
}

fn introspection() -> Vec<Hostile> {
    let around_types = |times| {
        format!(
            "{{__schema{{types{{{}name{}}}}}}}",
            "fields{type{".repeat(times),
            "}}".repeat(times)
        )
    };
    let bomb =
        "__schema{types{fields{args{name type{name}} type{fields{args{name type{name}} name}}}}}";
    vec![
        hostile("an introspection in circles", DEEP, &around_types(3)),
        hostile("an introspection in many circles", DEEP, &around_types(20)),
        hostile(
            "an introspection in circles of possible types",
            DEEP,
            &format!(
                "{{__type(name:\"Node\"){{{}name{}}}}}",
                "possibleTypes{interfaces{".repeat(4),
                "}}".repeat(4)
            ),
        ),
        hostile(
            "an introspection in circles of fragments",
            DEEP,
            "{__schema{types{...a}}}fragment a on __Type{fields{type{...b}}}\
             fragment b on __Type{fields{type{...c}}}fragment c on __Type{fields{name}}",
        ),
        hostile(
            "31 times the schema",
            COMPLEX,
            &format!("{{{}}}", many(31, |n| format!("s{n}:__schema{{types{{name}}}}"))),
        ),
        hostile(
            "30 times the fields of the fields of the schema",
            COMPLEX,
            &format!("{{{}}}", many(30, |n| format!("s{n}:{bomb}"))),
        ),
        hostile(
            "30 times the types, each 30 times their fields",
            COMPLEX,
            &format!(
                "{{__schema{{{}}}}}",
                many(30, |n| format!(
                    "t{n}:types{{{}}}",
                    many(30, |m| format!("f{m}:fields{{name}}"))
                ))
            ),
        ),
        hostile(
            "30 times the fields of the fields of a type",
            COMPLEX,
            &format!(
                "{{{}}}",
                many(30, |n| format!(
                    "t{n}:__type(name:\"Query\"){{fields{{type{{{}}}}}}}",
                    many(30, |m| format!("f{m}:fields{{args{{name}}}}"))
                ))
            ),
        ),
    ]
}

fn costs() -> Vec<Hostile> {
    vec![
        hostile(
            "pages of full pages",
            COMPLEX,
            "{sessions(first:200){nodes{chatMessages(first:500){nodes{body}}}}}",
        ),
        with_variables(
            "pages of full pages by variables",
            COMPLEX,
            "query($n:Int $m:Int=500){sessions(first:$n){nodes{chatMessages(last:$m){nodes{body}}}}}",
            &json!({ "n": 200 }),
        ),
        hostile(
            "technicians of sessions of technicians",
            COMPLEX,
            "{technicians(first:200){nodes{sessions(first:200){nodes{technician{
             sessions(first:200){nodes{id}}}}}}}}",
        ),
        hostile(
            "nodes with full pages",
            COMPLEX,
            &format!(
                "{{nodes(ids:{}){{...on Session{{chatMessages(first:500){{nodes{{body}}}}}}}}}}",
                list_of(250)
            ),
        ),
        hostile(
            "30 times full pages",
            COMPLEX,
            &format!(
                "{{{}}}",
                many(30, |n| format!(
                    "a{n}:sessions(first:200){{nodes{{id legacyId notes startedAt endedAt
                     chatMessages{{nodes{{body}}}}}}}}"
                ))
            ),
        ),
    ]
}

fn wrong_values() -> Vec<Hostile> {
    let number = "9".repeat(100_000);
    let page = |first: &str| format!("{{sessions(first:{first}){{totalCount}}}}");
    let filter = |filter: &str| format!("{{sessions(filter:{filter}){{totalCount}}}}");
    let mut wrong: Vec<_> = [
        ("a page of 99999999999", page("99999999999")),
        ("a page of 2147483648", page("2147483648")),
        ("a page of -1", page("-1")),
        ("a page of 1e400", page("1e400")),
        ("a page of 1.5", page("1.5")),
        ("a page of a number of 100,000 digits", page(&number)),
        ("a page of text", page("\"5\"")),
        ("a page of a list", page("[5]")),
        ("a page of an object", page("{n:5}")),
        ("a page of a boolean", page("true")),
        ("a page of an enumeration's value", page("FIVE")),
        ("a filter of text", filter("\"x\"")),
        ("a filter of a number", filter("1")),
        ("a filter that there is not", filter("{customer:{name:{like:\"x\"}}}")),
        ("a text of a number", filter("{notes:{eq:1}}")),
        ("a text of an object", filter("{notes:{eq:{}}}")),
        ("a flag of a number", filter("{answered:1}")),
        ("a time of a number", filter("{startedAt:{gte:1}}")),
        ("a time of nonsense", filter("{startedAt:{gte:\"yesterday\"}}")),
        ("a time of the year 999999999", filter("{startedAt:{gte:\"999999999-01-01T00:00:00Z\"}}")),
        ("a way of starting that there is not", filter("{startMethod:{eq:PHONE}}")),
        ("a number beyond 64 bits as an id", filter("{legacyId:{eq:\"9223372036854775808\"}}")),
        ("a filter's list of null", filter("{notes:{in:[null]}}")),
        ("filters of null", filter("{and:[null]}")),
        ("no id", "{session{id}}".to_owned()),
        ("an id of null", "{session(id:null){id}}".to_owned()),
        ("an id of a list", "{session(id:[1]){id}}".to_owned()),
        ("an id of a fraction", "{session(id:1.5){id}}".to_owned()),
        ("an id of a flag", "{node(id:true){id}}".to_owned()),
        ("an id of nonsense", "{node(id:\"nonsense\"){id}}".to_owned()),
        ("ids of null", "{nodes(ids:[null]){id}}".to_owned()),
        ("ids of lists", "{nodes(ids:[[1]]){id}}".to_owned()),
        ("an order that there is not", "{sessions(orderBy:RANDOM){totalCount}}".to_owned()),
        ("a cursor of a number", "{sessions(after:1){totalCount}}".to_owned()),
        ("a user name of a number", "{technician(username:1){id}}".to_owned()),
        ("a lone surrogate in the document", "{node(id:\"\\ud800\"){id}}".to_owned()),
        ("a NUL in the document", "{node\0(id:1){id}}".to_owned()),
        ("a NUL in an id", "{node(id:\"session_1\\u0000\"){id}}".to_owned()),
        ("an argument that there is not", "{viewer(x:1){keyLabel}}".to_owned()),
        ("a variable that there is not", page("$n")),
        ("a directive that there is not", "{viewer@nothing{keyLabel}}".to_owned()),
        (
            "a default of a type that there is not",
            "query($v:X=1){sessions(first:$v){totalCount}}".to_owned(),
        ),
        ("a default of an output type", "query($v:Session={id:1}){__typename}".to_owned()),
        (
            "a default of another type",
            "query($v:Int=\"1\"){sessions(first:$v){totalCount}}".to_owned(),
        ),
        ("a fragment that there is not", "{...a}".to_owned()),
        ("a fragment on a type that there is not", "{...on X{a}}".to_owned()),
        ("a fragment on an input type", "{...on SessionFilter{answered}}".to_owned()),
        ("a fragment on a scalar", "{...on Int{a}}".to_owned()),
        ("a fragment on another type", "{...on Session{id}}".to_owned()),
        ("fields of a scalar", "{viewer{keyLabel{a}}}".to_owned()),
        ("no fields of an object", "{viewer}".to_owned()),
        ("a directive without its argument", "{viewer@skip{keyLabel}}".to_owned()),
        ("a directive with a wrong argument", "{viewer@skip(if:\"x\"){keyLabel}}".to_owned()),
        ("an argument twice", "{node(id:1 id:2){id}}".to_owned()),
        ("two fields of one name", "{a:session(id:1){id} a:session(id:2){id}}".to_owned()),
        (
            "two variables of one name",
            "query($v:Int $v:Int){sessions(first:$v){totalCount}}".to_owned(),
        ),
        ("two operations of one name", "query a{__typename}query a{__typename}".to_owned()),
        ("a subscription", "subscription{__typename}".to_owned()),
        ("a mutation that there is not", "mutation{drop}".to_owned()),
        ("nothing at all", String::new()),
    ]
    .into_iter()
    .map(|(name, query)| hostile(name, WRONG, &query))
    .collect();
    let typed = |kind: &str| format!("query($v:{kind}){{sessions(first:$v){{totalCount}}}}");
    for value in [json!(99_999_999_999_i64), json!(1.5), json!("1"), json!([1]), json!(1e300)] {
        wrong.push(with_variables(
            "a wrong page in a variable",
            WRONG,
            &typed("Int"),
            &json!({ "v": value }),
        ));
    }
    wrong.push(with_variables("no value for a variable", WRONG, &typed("Int!"), &json!({})));
    wrong.push(with_variables(
        "a variable of another type",
        WRONG,
        &typed("String"),
        &json!({ "v": "1" }),
    ));
    wrong.push(with_variables(
        "a variable of an output type",
        WRONG,
        &typed("Session"),
        &json!({}),
    ));
    wrong
}

fn documents() -> Vec<Hostile> {
    let kinds = [
        expansion(),
        depth(),
        circles(),
        lists_and_texts(),
        bodies(),
        introspection(),
        costs(),
        wrong_values(),
    ];
    kinds.into_iter().flatten().collect()
}

/// A request must be refused as a whole where nothing could be run, and otherwise its field must
/// fail, in both cases with the right code and few errors.
fn check(hostile: &Hostile, status: u16, answer: &[u8]) -> Result<(), String> {
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
        return Err(format!("no JSON: {}", String::from_utf8_lossy(answer)));
    };
    let text = answer.to_string();
    let shown: String = text.chars().take(600).collect();
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    // A value that only the resolver can judge fails its field, in an answer with data.
    let refused = (400..500).contains(&status) && answer.get("data").is_none();
    let failed = status == 200 && answer.get("data").is_some() && hostile.codes != DEEP;
    if !(refused || failed) {
        return Err(format!("status {status}: {shown}"));
    }
    if errors.is_empty() || errors.len() > 5 {
        return Err(format!("{} errors: {shown}", errors.len()));
    }
    let code = |error: &Value| error["extensions"]["code"].as_str().map(str::to_owned);
    if !errors.iter().all(|it| code(it).is_some_and(|it| hostile.codes.contains(&it.as_str()))) {
        return Err(format!("not {:?}: {shown}", hostile.codes));
    }
    if text.len() > 20_000 {
        return Err(format!("an answer of {} bytes: {shown}", text.len()));
    }
    Ok(())
}

const GOOD: &str = r#"{"query":"{viewer{keyLabel}}"}"#;

fn request(tenant: &Tenant, body: Vec<u8>) -> Request<Body> {
    Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json")
        .header("authorization", format!("Bearer {}", tenant.key))
        .body(Body::from(body))
        .unwrap()
}

/// Longer than any refusal takes, shorter than running one of these would.
const SOON: Duration = Duration::from_secs(15);

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "{} of the documents:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn hostile_requests_are_refused_with_a_precise_error() {
    let gateway = Gateway::start().await;
    let tenant = gateway.tenant("acme").await;
    let mut faults = Vec::new();
    for hostile in documents() {
        let start = Instant::now();
        let answer = gateway.call(request(&tenant, hostile.body.clone())).await;
        if let Err(fault) = check(&hostile, answer.status.as_u16(), &answer.body) {
            faults.push(format!("{}: {fault}", hostile.name));
        }
        if start.elapsed() > SOON {
            faults.push(format!("{}: took {:?}", hostile.name, start.elapsed()));
        }
    }
    let good = gateway.call(request(&tenant, GOOD.into())).await;
    assert_eq!(good.json()["data"]["viewer"]["keyLabel"], "test");
    report(&faults);
}

#[test]
fn hostile_requests_do_not_hurt_the_process() {
    let folder = tempfile::tempdir().unwrap();
    process::stdout(folder.path(), &["account", "create", "acme"]);
    let key =
        process::stdout(folder.path(), &["key", "create", "--account", "acme", "--label", "test"]);
    let server = Server::start(folder.path(), &[]);
    let authorization = format!("Bearer {}", key.trim());
    let headers = [
        ("content-type", "application/json"),
        ("accept", "application/graphql-response+json"),
        ("authorization", authorization.as_str()),
    ];
    let mut faults = Vec::new();
    for hostile in documents() {
        let answer = wire::send(&server.url, "POST", "/graphql", &headers, &hostile.body);
        if let Err(fault) = check(&hostile, answer.status, &answer.body) {
            faults.push(format!("{}: {fault}", hostile.name));
        }
        let good = wire::send(&server.url, "POST", "/graphql", &headers, GOOD.as_bytes());
        assert_eq!(good.json()["data"]["viewer"]["keyLabel"], "test", "after {}", hostile.name);
    }
    report(&faults);
}

#[tokio::test]
async fn what_just_keeps_within_the_bounds_is_answered() {
    let gateway = Gateway::start().await;
    let tenant = gateway.tenant("acme").await;
    let filtered = "query($f:SessionFilter){sessions(filter:$f){totalCount}}";
    let deep = |levels: usize| (0..levels).fold(json!({}), |inside, _| json!({ "not": inside }));
    for (query, variables) in [
        (format!("{{{}}}", many(30, |n| format!("a{n}:viewer{{keyLabel}}"))), json!({})),
        (
            "query($ids:[ID!]!){nodes(ids:$ids){id}}".to_owned(),
            json!({ "ids": (0..250).map(|n| format!("session_{n}")).collect::<Vec<_>>() }),
        ),
        (filtered.to_owned(), json!({ "f": { "legacyId": { "in": list_of(250) } } })),
        (filtered.to_owned(), json!({ "f": deep(29) })),
        (filtered.to_owned(), json!({ "f": { "notes": { "eq": "x".repeat(1000) } } })),
        // What is not declared is not looked at.
        ("{__typename}".to_owned(), (0..10_000).map(|n| (n.to_string(), json!(n))).collect()),
        (filtered.to_owned(), json!({ "f": { "notes": { "eq": "a\u{0}b" } } })),
        (real("technician{id}"), json!({})),
        (
            "{a:sessions(first:200){nodes{id}} sessions(first:50){nodes{chatMessages(first:100){nodes{body}}}}}".to_owned(),
            json!({}),
        ),
    ] {
        gateway.data(&tenant, &query, variables).await;
    }
}

/// A page's filter is compiled for every parent, and databases bound the values of a statement.
#[tokio::test]
async fn a_long_filter_on_the_sessions_of_many_technicians_is_answered() {
    let gateway = Gateway::start_with(&["--max-cost", "10000000"]).await;
    let tenant = gateway.tenant("acme").await;
    let sessions: Vec<_> = (1..=600)
        .map(|id| json!({ "id": id, "tech_username": format!("t{id:04}"), "date_start": "2024-05-01" }))
        .collect();
    gateway.import(&tenant, &json!({ "requests": sessions }).to_string()).await;
    let query = "query($f:SessionFilter $a:String $b:String){
        a: technicians(first:200){...page} b: technicians(first:200 after:$a){...page}
        c: technicians(first:200 after:$b){...page} }
        fragment page on TechnicianConnection{pageInfo{endCursor} nodes{sessions(first:1 filter:$f){nodes{legacyId}}}}";
    let page = async |variables: Value| gateway.data(&tenant, query, variables).await;
    let first = page(json!({})).await["a"]["pageInfo"]["endCursor"].clone();
    let second = page(json!({ "a": first })).await["b"]["pageInfo"]["endCursor"].clone();
    let filter = json!({ "legacyId": { "in": list_of(250) } });
    let pages = page(json!({ "a": first, "b": second, "f": filter })).await;
    let found = ["a", "b", "c"].map(|name| {
        let nodes = pages[name]["nodes"].as_array().unwrap().iter();
        nodes.filter(|node| node["sessions"]["nodes"] != json!([])).count()
    });
    assert_eq!(found, [200, 49, 0]);
}

#[tokio::test]
async fn a_body_over_256_kib_is_refused_before_it_is_read() {
    let gateway = Gateway::start().await;
    let tenant = gateway.tenant("acme").await;
    let padded = |length: usize| {
        let mut body = GOOD.as_bytes().to_vec();
        body.resize(length, b' ');
        body
    };
    let most = 256 * 1024;
    let within = gateway.call(request(&tenant, padded(most))).await;
    assert_eq!(within.status, StatusCode::OK);
    let beyond = gateway.call(request(&tenant, padded(most + 1))).await;
    assert_eq!(beyond.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(beyond.codes(), ["BAD_USER_INPUT"]);
}

/// The query of graphql-js's `getIntrospectionQuery` with all of its options, as GraphiQL sends it.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description
    queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType }
    directives { name description isRepeatable locations
        args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description
        args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue }
    interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue
    isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name } } } } } } } } } }";

#[tokio::test]
async fn the_usual_introspection_is_answered_without_a_key() {
    let gateway = Gateway::start().await;
    let body = json!({ "query": INTROSPECTION, "operationName": "IntrospectionQuery" }).to_string();
    let request = Request::post("/graphql").header("content-type", "application/json");
    let answer = gateway.call(request.body(Body::from(body)).unwrap()).await.json();
    assert_eq!(answer.get("errors"), None);
    let types = answer["data"]["__schema"]["types"].as_array().unwrap();
    assert!(types.iter().any(|it| it["name"] == "Session"));
}
