//! Answers of the legacy URL in CSV and NDJSON.

use serde_json::json;

use crate::support::{
    Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
};

const EVERYTHING: (&str, &str) = (
    "VARS",
    "ID NOTES HAS_VIDEOS DATE_START DATE_END CHAT_INFO VIDEO_LINKS CUSTOM_FIELD_VALUE CUSTOMER_NAME",
);

async fn gateway(on: DatabaseKind, flags: &[&str]) -> (Gateway, Tenant) {
    let gateway = Gateway::start_with(on, flags).await;
    let tenant = gateway.tenant("acme").await;
    let document = json!({ "requests": [
        {
            "id": 1, "date_start": "2011-01-03 09:15:02", "date_end": "2011-01-03 09:41:57",
            "notes": "one, \"two\"\r\nthree", "customer_name": "=SUM(1)",
            "chat_info": [{ "date": "2011-01-03 09:15:40", "sender": "=me", "text": "a \"b\"\n" }],
            "video_links": ["https://v/1"],
            "custom_fields": [{ "name": "Asset tag", "value": "0012" }, { "name": "B", "value": "" }],
        },
        { "id": 2, "date_start": "2011-01-04 00:00:00", "notes": "-5", "customer_name": "Zoë" },
    ]});
    gateway.import(&tenant, &document.to_string()).await;
    (gateway, tenant)
}

fn csv(customer: &str, notes: &str) -> String {
    format!(
        "id,notes,has_videos,date_start,date_end,chat_info,video_links,custom_field_value,\
         custom_fields,customer_name\r\n\
         1,\"one, \"\"two\"\"\r\nthree\",TRUE,2011-01-03 09:15:02,2011-01-03 09:41:57,\
         \"[{{\"\"date\"\":\"\"2011-01-03 09:15:40\"\",\"\"sender\"\":\"\"=me\"\",\
         \"\"text\"\":\"\"a \\\"\"b\\\"\"\\n\"\"}}]\",\"[\"\"https://v/1\"\"]\",0012,\
         \"[{{\"\"name\"\":\"\"Asset tag\"\",\"\"value\"\":\"\"0012\"\"}},\
         {{\"\"name\"\":\"\"B\"\",\"\"value\"\":\"\"\"\"}}]\",{customer}\r\n\
         2,{notes},FALSE,2011-01-04 00:00:00,,\"[]\",\"[]\",,\"[]\",Zoë\r\n"
    )
}

on_each_database!(async csv_has_the_texts_exactly);
async fn csv_has_the_texts_exactly(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on, &[]).await;
    let answer = gateway.legacy(&tenant.key, &[EVERYTHING, ("OUTPUT_FORMAT", "csv")]).await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answer.text(), csv("=SUM(1)", "-5"));
    let none = [("VARS", "ID NOTES output_format=CSV"), ("FILTER_ID", "77")];
    assert_eq!(gateway.legacy(&tenant.key, &none).await.text(), "id,notes\r\n");
}

on_each_database!(async texts_that_begin_like_formulas_get_an_apostrophe_if_that_is_set);
async fn texts_that_begin_like_formulas_get_an_apostrophe_if_that_is_set(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on, &["--csv-disarm-formulas", "true"]).await;
    // What is within JSON stays as it is.
    let answer = gateway.legacy(&tenant.key, &[EVERYTHING, ("OUTPUT_FORMAT", "CSV")]).await;
    assert_eq!(answer.text(), csv("'=SUM(1)", "'-5"));
    let json = [("VARS", "CUSTOMER_NAME"), ("FILTER_ID", "1"), ("OUTPUT_FORMAT", "JSON")];
    let json = gateway.legacy(&tenant.key, &json).await.json();
    assert_eq!(json["requests"][0]["customer_name"], "=SUM(1)");
}

on_each_database!(async ndjson_has_the_objects_of_json_one_a_line);
async fn ndjson_has_the_objects_of_json_one_a_line(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on, &[]).await;
    let answer = gateway.legacy(&tenant.key, &[EVERYTHING, ("OUTPUT_FORMAT", "NDJSON")]).await;
    assert_eq!(answer.headers["content-type"], "application/x-ndjson; charset=utf-8");
    let json = gateway.legacy(&tenant.key, &[EVERYTHING, ("OUTPUT_FORMAT", "JSON")]).await.text();
    let objects = json.strip_prefix(r#"{"nrequests":2,"requests":["#).unwrap();
    let lines = objects.strip_suffix("]}").unwrap().replace("},{\"id\":2", "}\n{\"id\":2");
    assert_eq!(answer.text(), lines + "\n");
    let none = [("VARS", "ID"), ("FILTER_ID", "77"), ("OUTPUT_FORMAT", "NDJSON")];
    assert_eq!(gateway.legacy(&tenant.key, &none).await.text(), "");
}

on_each_database!(async errors_have_the_format_that_was_asked_for);
async fn errors_have_the_format_that_was_asked_for(on: DatabaseKind) {
    let (gateway, tenant) = gateway(on, &[]).await;
    for (format, content_type, body) in [
        ("CSV", "text/csv", "error_msg\r\n\"Invalid FILTER_A,B setting.\"\r\n"),
        ("NDJSON", "application/x-ndjson", "{\"error_msg\":\"Invalid FILTER_A,B setting.\"}\n"),
    ] {
        let answer = gateway
            .legacy(&tenant.key, &[("VARS", "ID"), ("OUTPUT_FORMAT", format), ("FILTER_A,B", "x")])
            .await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["content-type"], format!("{content_type}; charset=utf-8"));
        assert_eq!(answer.text(), body);
    }
}
