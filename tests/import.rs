//! What an imported document makes of the stored history.

use serde_json::json;
use session_history::history::writer::Outcome;

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

const ALL_VARS: &str = "ID CUSTOMER_NAME CUSTOMER_EMAIL CUSTOMER_NUMBER COMPUTER_NAME \
    COMPUTER_DOMAIN COMPUTER_OS TECH_USERNAME TECH_NAME PROBLEM_DESCRIPTION NOTES HAS_VIDEOS \
    DATE_START DATE_END CHAT_INFO VIDEO_LINKS CUSTOM_FIELD_NAME CUSTOM_FIELD_VALUE";

/// Texts that a careless reader or writer changes.
pub fn awkward_history() -> String {
    let awkward = [
        " leading and trailing ",
        "tab\tline\nreturn\r\nend",
        "<b>&amp;</b> \"quoted\" 'single' ]]>",
        "Grüße, Ελληνικά, 日本語, العربية, 🙂🏳️‍🌈",
        "e\u{301} and é",
        "",
    ];
    let session = |(place, text): (usize, &&str)| {
        let place = place as i64;
        let chat: Vec<_> = (0..place)
            .map(|n| json!({"date": format!("2024-02-01 10:00:{n:02}"), "sender": text, "text": text}))
            .collect();
        json!({
            "id": 1000 - place, "customer_name": text, "customer_email": "a@b.example",
            "customer_number": text, "computer_name": text, "computer_domain": text,
            "computer_os": text, "tech_username": if place == 2 { "" } else { "tech@b.example" },
            "tech_name": if place == 2 { "" } else { "T <b>" }, "problem_description": text,
            "notes": text, "has_videos": if place > 3 { "TRUE" } else { "FALSE" },
            "date_start": "2024-02-01 10:00:00",
            "date_end": if place == 1 { "" } else { "2024-02-01 10:30:00" }, "chat_info": chat,
            "video_links": if place > 4 { vec!["https://v.example/?a=1&b=2", "https://v.example/2"] } else { vec![] },
            "custom_fields": if place == 0 { json!([]) } else { json!([
                {"name": "Tag", "value": text}, {"name": "Tag", "value": "2"}, {"name": "Empty", "value": ""}]) },
        })
    };
    let sessions: Vec<_> = awkward.iter().enumerate().map(session).collect();
    json!({ "requests": sessions }).to_string()
}

on_each_database!(async an_answer_with_all_vars_imports_into_an_empty_account_and_comes_out_the_same);
async fn an_answer_with_all_vars_imports_into_an_empty_account_and_comes_out_the_same(
    on: DatabaseKind,
) {
    let gateway = Gateway::start(on).await;
    let source = gateway.tenant("source").await;
    gateway.import(&source, &awkward_history()).await;
    for format in ["XML", "JSON"] {
        let copy = gateway.tenant(&format!("copy-{format}")).await;
        let parameters = [("VARS", ALL_VARS), ("OUTPUT_FORMAT", format)];
        let original = gateway.legacy(&source.key, &parameters).await.text();
        assert!(original.contains("日本語"), "{original}");
        gateway.import(&copy, &original).await;
        assert_eq!(gateway.legacy(&copy.key, &parameters).await.text(), original);
    }
}

on_each_database!(async the_same_document_twice_changes_nothing);
async fn the_same_document_twice_changes_nothing(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let first = gateway.import(&tenant, &awkward_history()).await;
    assert!(first.iter().all(|outcome| *outcome == Outcome::New));
    let second = gateway.import(&tenant, &awkward_history()).await;
    assert!(second.iter().all(|outcome| *outcome == Outcome::Unchanged), "{second:?}");
}

/// What the legacy URL says of session 1 after documents were imported one after the other.
async fn after(on: DatabaseKind, documents: &[&str], vars: &str) -> String {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    for document in documents {
        let document = format!("{{\"requests\":[{document}]}}");
        gateway.import(&tenant, &document).await;
    }
    let parameters = [("VARS", vars), ("OUTPUT_FORMAT", "JSON")];
    let answer = gateway.legacy(&tenant.key, &parameters).await.text();
    let body = answer.strip_prefix("{\"nrequests\":1,\"requests\":[");
    body.and_then(|body| body.strip_suffix("]}")).unwrap_or_else(|| panic!("{answer}")).to_owned()
}

on_each_database!(async an_absent_field_stays_and_an_empty_one_is_cleared);
async fn an_absent_field_stays_and_an_empty_one_is_cleared(on: DatabaseKind) {
    let full = r#"{"id":1,"date_start":"2024-01-01 00:00:00","notes":"N","customer_name":"C","tech_username":"t@x","tech_name":"T"}"#;
    let vars = "NOTES CUSTOMER_NAME TECH_USERNAME TECH_NAME";
    let same = r#"{"notes":"N","customer_name":"C","tech_username":"t@x","tech_name":"T"}"#;
    assert_eq!(after(on, &[full, r#"{"id":1}"#], vars).await, same);
    let cleared = r#"{"notes":"","customer_name":"C","tech_username":"","tech_name":""}"#;
    let document = r#"{"id":1,"notes":"","tech_username":"","tech_name":""}"#;
    assert_eq!(after(on, &[full, document], vars).await, cleared);
}

on_each_database!(async a_newer_version_replaces_the_children);
async fn a_newer_version_replaces_the_children(on: DatabaseKind) {
    let chat = |texts: &[&str]| {
        let lines: Vec<_> = texts
            .iter()
            .map(|text| json!({"date": "2024-01-01 00:00:01", "sender": "a", "text": text}))
            .collect();
        json!({"id": 1, "date_start": "2024-01-01 00:00:00", "chat_info": lines}).to_string()
    };
    let answer = after(on, &[&chat(&["one", "two", "three"]), &chat(&["two"])], "CHAT_INFO").await;
    assert_eq!(
        answer,
        r#"{"chat_info":[{"date":"2024-01-01 00:00:01","sender":"a","text":"two"}]}"#
    );
}

on_each_database!(async a_document_with_fewer_vars_clears_nothing);
async fn a_document_with_fewer_vars_clears_nothing(on: DatabaseKind) {
    let full = r#"{"id":1,"date_start":"2024-01-01 00:00:00","has_videos":"TRUE","video_links":["https://v.example/1"],
        "custom_fields":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}"#;
    let vars = "HAS_VIDEOS VIDEO_LINKS CUSTOM_FIELD_NAME CUSTOM_FIELD_VALUE";
    let expected = after(on, &[full], vars).await;
    for fewer in [
        r#"{"id":1,"has_videos":"TRUE"}"#,
        r#"{"id":1,"video_links":["https://v.example/1"]}"#,
        r#"{"id":1,"date_start":"2024-01-01 00:00:00"}"#,
    ] {
        assert_eq!(after(on, &[full, fewer], vars).await, expected, "{fewer}");
    }
}

on_each_database!(async names_and_values_of_fields_can_be_in_different_documents);
async fn names_and_values_of_fields_can_be_in_different_documents(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let document = |inner: &str| {
        format!("<response><requests><request><id>1</id>{inner}</request></requests></response>")
    };
    for inner in [
        "<date_start>2024-01-01</date_start><custom_field_name>A</custom_field_name><custom_field_name>B</custom_field_name>",
        "<custom_field_value>1</custom_field_value><custom_field_value>2</custom_field_value>",
        "<custom_field_name>A</custom_field_name><custom_field_name>B</custom_field_name>",
    ] {
        gateway.import(&tenant, &document(inner)).await;
    }
    let answer =
        gateway.legacy(&tenant.key, &[("VARS", "CUSTOM_FIELD_NAME CUSTOM_FIELD_VALUE")]).await;
    let pair = |name, value| {
        format!(
            "<custom_field_name>{name}</custom_field_name><custom_field_value>{value}</custom_field_value>"
        )
    };
    let expected = format!("<request>{}{}</request>", pair("A", "1"), pair("B", "2"));
    assert!(answer.text().contains(&expected), "{}", answer.text());
}

on_each_database!(async has_videos_is_stored_without_links);
async fn has_videos_is_stored_without_links(on: DatabaseKind) {
    let known = r#"{"id":1,"date_start":"2024-01-01 00:00:00","has_videos":"TRUE"}"#;
    assert_eq!(
        after(on, &[known], "HAS_VIDEOS VIDEO_LINKS").await,
        r#"{"has_videos":"TRUE","video_links":[]}"#
    );
    let links_alone = r#"{"id":1,"video_links":[]}"#;
    assert_eq!(after(on, &[known, links_alone], "HAS_VIDEOS").await, r#"{"has_videos":"TRUE"}"#);
    let none = r#"{"id":1,"has_videos":"FALSE"}"#;
    assert_eq!(after(on, &[known, none], "HAS_VIDEOS").await, r#"{"has_videos":"FALSE"}"#);
}

on_each_database!(async has_videos_of_false_clears_the_links);
async fn has_videos_of_false_clears_the_links(on: DatabaseKind) {
    let full = r#"{"id":1,"date_start":"2024-01-01 00:00:00","has_videos":"TRUE","video_links":["https://v.example/1"]}"#;
    let none = r#"{"id":1,"has_videos":"FALSE"}"#;
    let answer = after(on, &[full, none], "HAS_VIDEOS VIDEO_LINKS").await;
    assert_eq!(answer, r#"{"has_videos":"FALSE","video_links":[]}"#);
}

on_each_database!(async a_technician_without_a_user_name_is_identified_by_the_name);
async fn a_technician_without_a_user_name_is_identified_by_the_name(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let session = |id, name| {
        let start = "2024-01-01 00:00:00";
        json!({"requests": [{"id": id, "date_start": start, "tech_name": name}]}).to_string()
    };
    for (id, name) in [(1, "Ann"), (2, "Ann"), (1, "Bob")] {
        gateway.import(&tenant, &session(id, name)).await;
    }
    let query = "{ sessions(orderBy: STARTED_AT_ASC) { nodes { technician { username name } } } }";
    let named = |name| json!({"technician": {"username": name, "name": name}});
    let sessions = gateway.data(&tenant, query, json!({})).await["sessions"]["nodes"].clone();
    assert_eq!(sessions, json!([named("Bob"), named("Ann")]));
}

on_each_database!(async a_document_without_roles_does_not_change_a_known_role);
async fn a_document_without_roles_does_not_change_a_known_role(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let document = |role: &str| {
        format!(
            r#"{{"requests":[{{"id":1,"date_start":"2024-01-01 00:00:00","chat_info":[
                {{"date":"2024-01-01 00:00:01","sender":"a","text":"hi"{role}}}]}}]}}"#
        )
    };
    gateway.import(&tenant, &document(r#","sender_role":"technician""#)).await;
    let again = gateway.import(&tenant, &document("")).await;
    assert_eq!(again, [Outcome::Unchanged]);
    let query = "{ session(id: 1) { startMethod chatMessages { nodes { senderRole } } } }";
    assert_eq!(
        gateway.data(&tenant, query, json!({})).await["session"],
        json!({"startMethod": "APPLET", "chatMessages": {"nodes": [{"senderRole": "TECHNICIAN"}]}})
    );
}

on_each_database!(async a_session_that_names_a_technician_is_answered);
async fn a_session_that_names_a_technician_is_answered(on: DatabaseKind) {
    let gateway = Gateway::start(on).await;
    let tenant = gateway.tenant("acme").await;
    let history = r#"{"requests":[
        {"id":1,"date_start":"2024-01-01 00:00:00","tech_username":"Ann@X.example","tech_name":"Ann"},
        {"id":2,"date_start":"2024-01-01 00:00:00","tech_username":"ann@x.example"},
        {"id":3,"date_start":"2024-01-01 00:00:00","tech_name":"Only A Name"},
        {"id":4,"date_start":"2024-01-01 00:00:00","tech_username":" "}]}"#;
    gateway.import(&tenant, history).await;
    let query =
        "{ sessions(orderBy: STARTED_AT_ASC) { nodes { answered technician { username name } } } }";
    let ann = json!({"answered": true, "technician": {"username": "Ann@X.example", "name": "Ann"}});
    let only =
        json!({"answered": true, "technician": {"username": "Only A Name", "name": "Only A Name"}});
    let nobody = json!({"answered": false, "technician": null});
    let sessions = gateway.data(&tenant, query, json!({})).await["sessions"]["nodes"].clone();
    assert_eq!(sessions, json!([ann, ann, only, nobody]));
}

on_each_database!(async every_absent_element_stays_and_every_empty_one_is_cleared);
async fn every_absent_element_stays_and_every_empty_one_is_cleared(on: DatabaseKind) {
    let full = json!({
        "id": 1, "customer_name": "a", "customer_email": "b", "customer_number": "c",
        "computer_name": "d", "computer_domain": "e", "computer_os": "f", "tech_username": "g",
        "tech_name": "h", "problem_description": "i", "notes": "j", "has_videos": "TRUE",
        "date_start": "2024-01-01 00:00:00", "date_end": "2024-01-01 01:00:00",
        "chat_info": [{"date": "2024-01-01 00:00:01", "sender": "k", "text": "l"}],
        "video_links": ["m"], "custom_field_name": "n", "custom_field_value": "o",
        "custom_fields": [{"name": "n", "value": "o"}],
    });
    let gateway = Gateway::start(on).await;
    let answer = async |tenant: &Tenant| {
        let parameters = [("VARS", ALL_VARS), ("OUTPUT_FORMAT", "JSON")];
        gateway.legacy(&tenant.key, &parameters).await.json()["requests"][0].clone()
    };
    for (index, (name, value)) in full.as_object().unwrap().iter().enumerate() {
        if ["id", "date_start", "has_videos"].contains(&name.as_str())
            || name.starts_with("custom_field_")
        {
            continue;
        }
        let tenant = gateway.tenant(&format!("account {index}")).await;
        gateway.import(&tenant, &json!([full]).to_string()).await;
        assert_eq!(answer(&tenant).await, full, "{name}");
        gateway.import(&tenant, &json!([{"id": 1, name: value}]).to_string()).await;
        assert_eq!(answer(&tenant).await, full, "{name}");
        let empty = if value.is_array() { json!([]) } else { json!("") };
        gateway.import(&tenant, &json!([{"id": 1, name: empty}]).to_string()).await;
        let mut expected = full.clone();
        expected[name] = empty;
        match name.as_str() {
            // Without its links nothing is known of a recording.
            "video_links" => expected["has_videos"] = "FALSE".into(),
            "custom_fields" => {
                expected["custom_field_name"] = "".into();
                expected["custom_field_value"] = "".into();
            }
            // The technician is known by the user name, and an empty name alone says nothing.
            "tech_username" => expected["tech_name"] = "".into(),
            "tech_name" => expected["tech_name"] = "h".into(),
            _ => {}
        }
        assert_eq!(answer(&tenant).await, expected, "{name}");
    }
}

on_each_database!(async a_record_without_a_technician_leaves_each_technician);
async fn a_record_without_a_technician_leaves_each_technician(on: DatabaseKind) {
    let technicians = [
        json!({"tech_username": "ann@acme.example", "tech_name": "Ann"}),
        json!({"tech_username": "ann@acme.example"}),
        // The name is that of the user.
        json!({"tech_username": "ann", "tech_name": "Ann"}),
        json!({"tech_name": "Ann"}),
    ];
    let gateway = Gateway::start(on).await;
    for (nth, technician) in technicians.into_iter().enumerate() {
        let tenant = gateway.tenant(&format!("account {nth}")).await;
        let mut session = technician.clone();
        session["id"] = json!(1);
        session["date_start"] = json!("2024-01-01");
        gateway.import(&tenant, &json!([session]).to_string()).await;
        let query = "{ session(id: 1) { technician { username name } } }";
        let before = gateway.data(&tenant, query, json!({})).await;
        assert_ne!(before["session"]["technician"], json!(null), "{technician}");
        gateway.import(&tenant, r#"[{"id": 1, "notes": "done"}]"#).await;
        assert_eq!(gateway.data(&tenant, query, json!({})).await, before, "{technician}");
    }
}

on_each_database!(async names_alone_leave_the_values_of_the_fields_that_they_name);
async fn names_alone_leave_the_values_of_the_fields_that_they_name(on: DatabaseKind) {
    let full = r#"{"id":1,"date_start":"2024-01-01","custom_fields":[
        {"name":"A","value":"1"},{"name":"B","value":"2"},{"name":"C","value":"3"}]}"#;
    let names = r#"{"id":1,"custom_fields":[{"name":"c"},{"name":"A"}]}"#;
    let answer = after(on, &[full, names], "CUSTOM_FIELD_NAME CUSTOM_FIELD_VALUE").await;
    let list = r#""custom_fields":[{"name":"c","value":"3"},{"name":"A","value":"1"}]"#;
    assert!(answer.contains(list), "{answer}");
}
