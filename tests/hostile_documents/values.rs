//! Input that is too large, wrong or expensive, and endless introspection.

use serde_json::json;

use super::make::{COMPLEX, DEEP, Hostile, WRONG, around, hostile, list_of, many, with_variables};

pub fn lists_and_texts() -> Vec<Hostile> {
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
        )
        .runs(),
        with_variables(
            "50,000 texts in lists of 250",
            COMPLEX,
            &filtered,
            &json!({ "f": { "or": vec![json!({ "notes": { "in": vec!["x"; 250] } }); 200] } }),
        )
        .runs(),
        with_variables(
            "a variable of 250 texts used 250 times",
            COMPLEX,
            &format!(
                "query($t:[String!]){{sessions(filter:{{or:[{}]}}){{{found}}}}}",
                "{notes:{in:$t}}".repeat(250)
            ),
            &json!({ "t": list_of(250) }),
        )
        .runs(),
        with_variables(
            "40 input objects in one another in a variable",
            DEEP,
            &filtered,
            &(0..40).fold(json!({}), |inside, _| json!({ "f": { "not": inside["f"] } })),
        ),
        hostile("a text of 250 KiB", WRONG, &eq(&format!("\"{text}\""))).runs(),
        hostile("a block text of 250 KiB", WRONG, &eq(&format!("\"\"\"{text}\"\"\""))).runs(),
        hostile(
            "a block text of 100,000 lines",
            WRONG,
            &eq(&format!("\"\"\"{}\"\"\"", "\n x".repeat(60_000))),
        )
        .runs(),
        with_variables(
            "a text of 250 KiB in a variable",
            WRONG,
            &filtered,
            &json!({ "f": { "notes": { "contains": text } } }),
        )
        .runs(),
        hostile("an id of 250 KiB", WRONG, &format!("{{node(id:\"{text}\"){{id}}}}")).runs(),
        hostile(
            "a cursor of 250 KiB",
            WRONG,
            &format!("{{sessions(after:\"{text}\"){{{found}}}}}"),
        )
        .runs(),
        hostile("a name of 250 KiB", WRONG, &format!("{{{text}}}")),
        hostile("250 KiB of comments and a fault", WRONG, &format!("{}!", "#\n".repeat(80_000))),
    ]
}

/// Bodies that are not even JSON of the right kind.
pub fn bodies() -> Vec<Hostile> {
    let raw = |name, body: Vec<u8>| Hostile { name, body, codes: WRONG, runs: false };
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

pub fn introspection() -> Vec<Hostile> {
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

pub fn costs() -> Vec<Hostile> {
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

pub fn wrong_values() -> Vec<Hostile> {
    let number = "9".repeat(100_000);
    let page = |first: &str| format!("{{sessions(first:{first}){{totalCount}}}}");
    let filter = |filter: &str| format!("{{sessions(filter:{filter}){{totalCount}}}}");
    let mut wrong: Vec<_> = [
        ("a page of 99999999999", page("99999999999")),
        ("a page of 2147483648", page("2147483648")),
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
        ("a filter's list of null", filter("{notes:{in:[null]}}")),
        ("filters of null", filter("{and:[null]}")),
        ("no id", "{session{id}}".to_owned()),
        ("an id of null", "{session(id:null){id}}".to_owned()),
        ("an id of a list", "{session(id:[1]){id}}".to_owned()),
        ("an id of a fraction", "{session(id:1.5){id}}".to_owned()),
        ("an id of a flag", "{node(id:true){id}}".to_owned()),
        ("ids of null", "{nodes(ids:[null]){id}}".to_owned()),
        ("ids of lists", "{nodes(ids:[[1]]){id}}".to_owned()),
        ("an order that there is not", "{sessions(orderBy:RANDOM){totalCount}}".to_owned()),
        ("a cursor of a number", "{sessions(after:1){totalCount}}".to_owned()),
        ("a user name of a number", "{technician(username:1){id}}".to_owned()),
        ("a lone surrogate in the document", "{node(id:\"\\ud800\"){id}}".to_owned()),
        ("a NUL in the document", "{node\0(id:1){id}}".to_owned()),
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

/// Values that the specification allows and only a field can judge.
pub fn refused_by_a_field() -> Vec<Hostile> {
    let page = |first: &str| format!("{{sessions(first:{first}){{totalCount}}}}");
    let filter = |filter: &str| format!("{{sessions(filter:{filter}){{totalCount}}}}");
    let values = [
        ("a page of -1", page("-1")),
        ("a number beyond 64 bits as an id", filter("{legacyId:{eq:\"9223372036854775808\"}}")),
        ("an id of nonsense", "{node(id:\"nonsense\"){id}}".to_owned()),
        ("a NUL in an id", "{node(id:\"session_1\\u0000\"){id}}".to_owned()),
    ];
    values.into_iter().map(|(name, query)| hostile(name, WRONG, &query).runs()).collect()
}
