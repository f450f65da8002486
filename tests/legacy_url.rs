//! The legacy URL word for word: the published examples, a real caller, and every error.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use crate::support::{
    Answer, Gateway, Tenant,
    database::{DatabaseKind, on_each_database},
    server::administer,
};

/// The session of the contract's sample, one that is not answered, and one of 2022.
const HISTORY: &str = r#"<response><requests>
<request><id>12334</id><customer_name>Jo</customer_name><customer_number>C-77</customer_number>
<computer_name>PC1</computer_name><computer_domain>WORK</computer_domain><computer_os>Windows 7</computer_os>
<problem_description>No sound</problem_description><notes></notes>
<tech_username>mytech@techplace.com</tech_username><tech_name>My Tech</tech_name>
<date_start>2011-01-03 09:15:02</date_start><date_end>2011-01-03 09:41:57</date_end>
<chat_info><message><date>2011-01-03 09:15:40</date><sender>mytech@techplace.com</sender><text>Hello</text></message></chat_info>
<video_links><video_link>https://videos.example/1</video_link></video_links>
<custom_field_name>Asset tag</custom_field_name><custom_field_value>A-1</custom_field_value></request>
<request><id>12335</id><customer_number>C-78</customer_number><date_start>2011-02-03 00:00:00</date_start></request>
<request><id>20001</id><tech_username>other@techplace.com</tech_username><tech_name>Other</tech_name>
<date_start>2022-04-01 08:00:00</date_start><date_end>2022-04-01 08:10:00</date_end></request>
<request><id>9</id><tech_username>mytech@techplace.com</tech_username>
<date_start>2011-01-01 00:00:00</date_start><start_method>AGENT</start_method></request>
</requests></response>"#;

async fn history(on: DatabaseKind) -> (Gateway, Tenant) {
    history_with(on, &[]).await
}

async fn history_with(on: DatabaseKind, flags: &[&str]) -> (Gateway, Tenant) {
    let gateway = Gateway::start_with(on, flags).await;
    let tenant = gateway.tenant("acme").await;
    gateway.import(&tenant, HISTORY).await;
    (gateway, tenant)
}

fn xml(requests: &[&str]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response><nrequests>{}</nrequests>\
         <requests>{}</requests></response>",
        requests.len(),
        requests.concat()
    )
}

/// The URL of a client that encodes only white space.
fn encoded(url: &str, key: &str) -> String {
    url.replace("xxxxx", key).replace(' ', "%20").replace('\n', "%0A")
}

async fn ask(gateway: &Gateway, key: &str, parameters: &str) -> Answer {
    gateway.get(&format!("/get_session_history.php?KEY={key}&{parameters}")).await
}

on_each_database!(async the_first_published_example_answers_the_answered_sessions_since_2011);
async fn the_first_published_example_answers_the_answered_sessions_since_2011(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let url = "/get_session_history.php?KEY=xxxxx&VARS=ID CUSTOMER_NUMBER DATE_START DATE_END \n\
               TECH_USERNAME&FILTER_DATE_START_INI=2011-01-01&FILTER_PROCESSED=ANSWERED";
    let answer = gateway.get(&encoded(url, &tenant.key)).await;
    // Session 9 started at midnight of the first day, which is not "higher than" midnight.
    let expected = xml(&[
        "<request><id>12334</id><customer_number>C-77</customer_number>\
         <date_start>2011-01-03 09:15:02</date_start><date_end>2011-01-03 09:41:57</date_end>\
         <tech_username>mytech@techplace.com</tech_username></request>",
        "<request><id>20001</id><customer_number></customer_number>\
         <date_start>2022-04-01 08:00:00</date_start><date_end>2022-04-01 08:10:00</date_end>\
         <tech_username>other@techplace.com</tech_username></request>",
    ]);
    assert_eq!(answer.text(), expected);
    assert_eq!(answer.headers["content-type"], "text/xml; charset=utf-8");
}

on_each_database!(async the_second_published_example_answers_one_technicians_sessions);
async fn the_second_published_example_answers_one_technicians_sessions(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let url = "/get_session_history.php?KEY=xxxxx&VARS=ID CUSTOMER_NUMBER \n\
               DATE_START&FILTER_DATE_START_INI=2011-01-01&\n\
               FILTER_PROCESSED=ANSWERED&FILTER_TECH_USERNAME=mytech@techplace.com";
    let answer = gateway.get(&encoded(url, &tenant.key)).await;
    let expected = xml(&["<request><id>12334</id><customer_number>C-77</customer_number>\
         <date_start>2011-01-03 09:15:02</date_start></request>"]);
    assert_eq!(answer.text(), expected);
}

on_each_database!(async the_third_published_example_answers_one_session);
async fn the_third_published_example_answers_one_session(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let url = "/get_session_history.php?KEY=xxxxx&VARS=CUSTOMER_NAME CUSTOMER_NUMBER\n\
               COMPUTER_NAME COMPUTER_DOMAIN PROBLEM_DESCRIPTION TECH_USERNAME DATE_START\n\
               DATE_END HAS_VIDEOS COMPUTER_OS NOTES&FILTER_ID=12334";
    let answer = gateway.get(&encoded(url, &tenant.key)).await;
    let expected = xml(&["<request><customer_name>Jo</customer_name>\
         <customer_number>C-77</customer_number><computer_name>PC1</computer_name>\
         <computer_domain>WORK</computer_domain>\
         <problem_description>No sound</problem_description>\
         <tech_username>mytech@techplace.com</tech_username>\
         <date_start>2011-01-03 09:15:02</date_start><date_end>2011-01-03 09:41:57</date_end>\
         <has_videos>TRUE</has_videos><computer_os>Windows 7</computer_os><notes></notes>\
         </request>"]);
    assert_eq!(answer.text(), expected);
}

on_each_database!(async a_real_callers_url_is_answered_in_json);
async fn a_real_callers_url_is_answered_in_json(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let url = "/integration/get_history_api.php?KEY=xxxxx&VARS=ID DATE_START DATE_END TECH_NAME \
               TECH_USERNAME&FILTER_DATE_START_INI=2022-03-31&FILTER_PROCESSED=ANSWERED\
               &OUTPUT_FORMAT=JSON";
    let answer = gateway.get(&encoded(url, &tenant.key)).await;
    assert_eq!(
        answer.text(),
        r#"{"nrequests":1,"requests":[{"id":20001,"date_start":"2022-04-01 08:00:00","date_end":"2022-04-01 08:10:00","tech_name":"Other","tech_username":"other@techplace.com"}]}"#
    );
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
}

on_each_database!(async the_sample_of_the_contract_comes_out_byte_for_byte);
async fn the_sample_of_the_contract_comes_out_byte_for_byte(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let vars = "VARS=ID+CUSTOMER_NUMBER+HAS_VIDEOS+DATE_START+DATE_END+NOTES+CHAT_INFO+VIDEO_LINKS\
                +CUSTOM_FIELD_NAME+CUSTOM_FIELD_VALUE&FILTER_ID=12334";
    let expected = xml(&["<request><id>12334</id><customer_number>C-77</customer_number>\
         <has_videos>TRUE</has_videos><date_start>2011-01-03 09:15:02</date_start>\
         <date_end>2011-01-03 09:41:57</date_end><notes></notes><chat_info><message>\
         <date>2011-01-03 09:15:40</date><sender>mytech@techplace.com</sender><text>Hello</text>\
         </message></chat_info><video_links><video_link>https://videos.example/1</video_link>\
         </video_links><custom_field_name>Asset tag</custom_field_name>\
         <custom_field_value>A-1</custom_field_value></request>"]);
    assert_eq!(ask(&gateway, &tenant.key, vars).await.text(), expected);
    let json = ask(&gateway, &tenant.key, &format!("{vars}&OUTPUT_FORMAT=JSON")).await;
    assert_eq!(
        json.text(),
        r#"{"nrequests":1,"requests":[{"id":12334,"customer_number":"C-77","has_videos":"TRUE","date_start":"2011-01-03 09:15:02","date_end":"2011-01-03 09:41:57","notes":"","chat_info":[{"date":"2011-01-03 09:15:40","sender":"mytech@techplace.com","text":"Hello"}],"video_links":["https://videos.example/1"],"custom_field_name":"Asset tag","custom_field_value":"A-1","custom_fields":[{"name":"Asset tag","value":"A-1"}]}]}"#
    );
}

on_each_database!(async every_published_error_comes_word_for_word);
async fn every_published_error_comes_word_for_word(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let long = "x".repeat(200);
    for (parameters, message) in [
        ("", "Invalid VARS setting."),
        ("VARS=", "Invalid VARS setting."),
        ("VARS=ID+SHOE_SIZE", "Invalid VARS setting: SHOE_SIZE."),
        ("VARS=ID&OUTPUT_FORMAT=YAML", "Invalid OUTPUT_FORMAT setting."),
        ("VARS=ID&FILTER_ID=twelve", "Invalid FILTER_ID value."),
        ("VARS=ID&FILTER_ID=99999999999999999999", "Invalid FILTER_ID value."),
        ("VARS=ID&FILTER_DATE_START_INI=soon", "Invalid FILTER_DATE_START_INI value."),
        ("VARS=ID&FILTER_DATE_START_INI=2011-02-30", "Invalid FILTER_DATE_START_INI value."),
        ("VARS=ID&FILTER_DATE_START_END=2011", "Invalid FILTER_DATE_START_END value."),
        ("VARS=ID&FILTER_START_METHOD=PHONE", "Invalid FILTER_START_METHOD setting."),
        ("VARS=ID&FILTER_PROCESSED=MAYBE", "Invalid FILTER_PROCESSED setting."),
        ("VARS=ID&FILTER_HAS_VIDEOS=2", "Invalid FILTER_HAS_VIDEOS setting."),
        ("VARS=ID&FILTER_SHOE_SIZE=42", "Invalid FILTER_SHOE_SIZE setting."),
        (&format!("VARS=ID&FILTER_CUSTOMER_NAME={long}"), "Invalid FILTER_CUSTOMER_NAME value."),
        (
            &format!("VARS=ID&FILTER_CUSTOM_FIELD_NAME={long}"),
            "Invalid FILTER_CUSTOM_FIELD_NAME value.",
        ),
        // The first error in the order of the documentation counts.
        ("OUTPUT_FORMAT=YAML&FILTER_ID=x", "Invalid VARS setting."),
        ("VARS=ID&FILTER_HAS_VIDEOS=2&FILTER_ID=x", "Invalid FILTER_ID value."),
    ] {
        let answer = ask(&gateway, &tenant.key, parameters).await;
        assert_eq!(
            answer.text(),
            format!("<response><error_msg>{message}</error_msg></response>"),
            "{parameters}"
        );
        assert_eq!(answer.status, StatusCode::OK, "{parameters}");
        let json = ask(&gateway, &tenant.key, &format!("OUTPUT_FORMAT=JSON&{parameters}")).await;
        if !parameters.contains("YAML") {
            assert_eq!(json.text(), format!("{{\"error_msg\":\"{message}\"}}"), "{parameters}");
        }
    }
}

on_each_database!(async an_invalid_key_is_the_first_error);
async fn an_invalid_key_is_the_first_error(on: DatabaseKind) {
    let (gateway, _) = history(on).await;
    for key in ["", "unknown", &"x".repeat(513)] {
        let answer = ask(&gateway, key, "VARS=NONSENSE&FILTER_ID=x").await;
        assert_eq!(answer.text(), "<response><error_msg>Invalid KEY.</error_msg></response>");
        let json = ask(&gateway, key, "VARS=ID&OUTPUT_FORMAT=json").await;
        assert_eq!(json.text(), r#"{"error_msg":"Invalid KEY."}"#);
    }
}

on_each_database!(async a_key_with_a_plus_is_valid_if_the_caller_did_not_encode_it);
async fn a_key_with_a_plus_is_valid_if_the_caller_did_not_encode_it(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    gateway
        .key(tenant.account, "old+key+1234567", &[session_history::domain::viewer::Scope::Read])
        .await;
    for key in ["old+key+1234567", "old%2Bkey%2B1234567", "old%20key%201234567"] {
        let answer = ask(&gateway, key, "VARS=ID&FILTER_ID=9").await;
        assert_eq!(answer.text(), xml(&["<request><id>9</id></request>"]), "{key}");
    }
}

on_each_database!(async errors_have_statuses_of_their_own_if_the_operator_sets_that);
async fn errors_have_statuses_of_their_own_if_the_operator_sets_that(on: DatabaseKind) {
    let (gateway, tenant) = history_with(on, &["--legacy-status", "true"]).await;
    let status = async |key: &str, parameters: &str| ask(&gateway, key, parameters).await.status;
    assert_eq!(status(&tenant.key, "VARS=ID").await, StatusCode::OK);
    assert_eq!(status(&tenant.key, "VARS=NONSENSE").await, StatusCode::BAD_REQUEST);
    assert_eq!(status("unknown", "VARS=ID").await, StatusCode::UNAUTHORIZED);
}

on_each_database!(async parameters_of_a_form_replace_those_of_the_url);
async fn parameters_of_a_form_replace_those_of_the_url(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let post = async |url: &str, media_type: Option<&str>, body: String| {
        let mut request = Request::post(url);
        if let Some(media_type) = media_type {
            request = request.header("content-type", media_type);
        }
        gateway.call(request.body(Body::from(body)).unwrap()).await.text()
    };
    let url = "/integration/get_session_history.php?VARS=DATE_END&FILTER_ID=9";
    let form = format!("KEY={}&vars=ID&FILTER_ID=12335", tenant.key);
    let expected = xml(&["<request><id>12335</id></request>"]);
    for media_type in [Some("application/x-www-form-urlencoded; charset=UTF-8"), None] {
        assert_eq!(post(url, media_type, form.clone()).await, expected, "{media_type:?}");
    }
}

on_each_database!(async head_returns_only_the_headers);
async fn head_returns_only_the_headers(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let url = format!("/get_session_history.php?KEY={}&VARS=ID", tenant.key);
    let answer = gateway.call(Request::head(url).body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
    assert_eq!(answer.headers["content-type"], "text/xml; charset=utf-8");
}

on_each_database!(async a_key_without_the_scope_read_is_invalid);
async fn a_key_without_the_scope_read_is_invalid(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    gateway
        .key(tenant.account, "write-only-key", &[session_history::domain::viewer::Scope::Write])
        .await;
    for parameters in ["VARS=ID", "VARS=NONSENSE"] {
        let answer = ask(&gateway, "write-only-key", parameters).await;
        assert_eq!(answer.text(), "<response><error_msg>Invalid KEY.</error_msg></response>");
    }
}

on_each_database!(async filters_restrict_as_documented);
async fn filters_restrict_as_documented(on: DatabaseKind) {
    let (gateway, tenant) = history(on).await;
    let xss = "%3Cb%3E";
    for (filters, expected) in [
        ("FILTER_PROCESSED=not_answered", vec![12335]),
        ("FILTER_PROCESSED=ALL", vec![9, 12334, 12335, 20001]),
        ("FILTER_PROCESSED=", vec![9, 12334, 12335, 20001]),
        ("FILTER_START_METHOD=agent", vec![9]),
        ("FILTER_START_METHOD=APPLET", vec![12334, 12335, 20001]),
        ("FILTER_HAS_VIDEOS=1", vec![12334]),
        ("FILTER_HAS_VIDEOS=False", vec![9, 12335, 20001]),
        ("FILTER_CUSTOMER_NUMBER=c-77", vec![12334]),
        ("FILTER_CUSTOMER_NAME=+JO+", vec![12334]),
        ("FILTER_CUSTOMER_NAME=J%25", vec![]),
        ("FILTER_COMPUTER_NAME=pc1&FILTER_COMPUTER_DOMAIN=work", vec![12334]),
        ("FILTER_CUSTOM_FIELD_NAME=ASSET+TAG", vec![12334]),
        ("FILTER_CUSTOM_FIELD_VALUE=a-1", vec![12334]),
        ("FILTER_CUSTOM_FIELD_NAME=Asset+tag&FILTER_CUSTOM_FIELD_VALUE=A-2", vec![]),
        ("FILTER_DATE_START_INI=2011-01-03T09:15:02Z", vec![12335, 20001]),
        ("FILTER_DATE_START_END=2011-1-3 9:15:2", vec![9]),
        (&format!("FILTER_CUSTOMER_NAME={xss}"), vec![]),
    ] {
        let filters = filters.replace(' ', "%20");
        let answer = ask(&gateway, &tenant.key, &format!("VARS=ID&{filters}")).await.text();
        let sessions: Vec<_> =
            expected.iter().map(|id| format!("<request><id>{id}</id></request>")).collect();
        let sessions: Vec<_> = sessions.iter().map(String::as_str).collect();
        assert_eq!(answer, xml(&sessions), "{filters}");
    }
}

on_each_database!(async an_internal_error_in_a_long_answer_is_500_and_not_503);
async fn an_internal_error_in_a_long_answer_is_500_and_not_503(on: DatabaseKind) {
    let (gateway, tenant) = history_with(on, &["--legacy-status", "true"]).await;
    administer(&gateway.database.url(), &["DROP TABLE video"]).unwrap();
    let answer = ask(&gateway, &tenant.key, "VARS=ID+VIDEO_LINKS").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.text());
    assert!(answer.text().contains("<error_msg>Internal error.</error_msg>"), "{}", answer.text());
    assert!(!answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
}
