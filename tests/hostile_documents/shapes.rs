//! Documents that expand, nest, or go round in circles.

use super::make::{COMPLEX, DEEP, EITHER, Hostile, WRONG, around, hostile, many, real};

pub fn expansion() -> Vec<Hostile> {
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

pub fn depth() -> Vec<Hostile> {
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

pub fn circles() -> Vec<Hostile> {
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
