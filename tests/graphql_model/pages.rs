//! Asking for pages, and what is on them.

use proptest::{option, prelude::*};
use serde_json::{Map, Value, json};

use super::{Limits, ModelGateway, ModelRequest, filter, literal::literal, reference_filter};
use crate::model::{
    history::{History, TECHNICIANS},
    session::Session,
    text::{self, folded, same},
};

/// Which pages are asked for.
#[derive(Clone, Debug)]
pub enum Pages {
    /// One, of the usual size.
    Usual,
    /// All from the beginning, so many at a time; of none, only the first.
    Forward(usize),
    /// All from the end, so many at a time; of none, only the last.
    Backward(usize),
    /// This number from one end of the range between the cursors of two sessions, which may not match.
    Between { first: bool, size: usize, after: Option<usize>, before: Option<usize> },
}

/// What is asked about each session.
#[derive(Clone, Debug)]
pub struct Children {
    chat: Value,
    videos: Value,
    first: usize,
    last: usize,
    field_name: Option<String>,
}

/// Any pages within the limits.
pub fn pages(limits: Limits) -> impl Strategy<Value = Pages> {
    let size = 0..=limits.sessions.min(12);
    let place = || option::of(0..40_usize);
    prop_oneof![
        1 => Just(Pages::Usual),
        3 => size.clone().prop_map(Pages::Forward),
        3 => size.clone().prop_map(Pages::Backward),
        3 => (any::<bool>(), size, place(), place())
            .prop_map(|(first, size, after, before)| Pages::Between { first, size, after, before }),
    ]
}

/// Any requests about children within the limits.
pub fn children(history: &History, limits: Limits) -> impl Strategy<Value = Children> + use<> {
    let most = limits.children.min(5);
    (
        filter::chat_messages(history),
        filter::videos(history),
        0..=most,
        0..=most,
        option::of(text::sought(&history.texts)),
    )
        .prop_map(|(chat, videos, first, last, field_name)| Children {
            chat,
            videos,
            first,
            last,
            field_name,
        })
}

/// A page as Relay has it: the items, whether there are some before, and after.
type Page<T> = (Vec<T>, bool, bool);

fn first<T: Clone>(of: &[T], size: usize) -> Page<T> {
    (of[..size.min(of.len())].to_vec(), false, of.len() > size)
}

fn last<T: Clone>(of: &[T], size: usize) -> Page<T> {
    (of[of.len().saturating_sub(size)..].to_vec(), of.len() > size, false)
}

impl ModelGateway<'_> {
    /// Asks for sessions, and compares.
    pub async fn sessions(&self, request: &ModelRequest) -> Result<(), TestCaseError> {
        let expected = request.sessions(self.history.sessions.iter());
        let sizes = match request.pages {
            Pages::Usual => {
                let page = self.page(request, json!({})).await;
                let (items, _, more) = first(&expected, self.limits.default);
                return self.compare(request, &page, &expected, &items, (Some(false), Some(more)));
            }
            Pages::Between { .. } => return self.between(request, &expected).await,
            Pages::Forward(size) => ("first", "after", "endCursor", "hasNextPage", size),
            Pages::Backward(size) => ("last", "before", "startCursor", "hasPreviousPage", size),
        };
        let (end, from, cursor, goes_on, size) = sizes;
        let forward = end == "first";
        let mut rest = &expected[..];
        let mut position = Value::Null;
        loop {
            let page = self.page(request, json!({ end: size, from: position })).await;
            let begun = !position.is_null();
            let (items, before, after) = if forward { first(rest, size) } else { last(rest, size) };
            let flags = if forward { (begun, after) } else { (before, begun) };
            self.compare(request, &page, &expected, &items, (Some(flags.0), Some(flags.1)))?;
            rest = match forward {
                true => &rest[items.len()..],
                false => &rest[..rest.len() - items.len()],
            };
            if page["pageInfo"][goes_on] == false || size == 0 {
                break;
            }
            position = page["pageInfo"][cursor].clone();
        }
        Ok(())
    }

    async fn between(
        &self,
        request: &ModelRequest,
        expected: &[&Session],
    ) -> Result<(), TestCaseError> {
        let Pages::Between { first: from_start, size, after, before } = request.pages else {
            return Ok(());
        };
        let all = &self.history.sessions;
        let place = |place: Option<usize>| Some(&all[place? % all.len().max(1)]);
        let (after, before) = match all.len() {
            0 => (None, None),
            _ => (place(after), place(before)),
        };
        let precedes = |left: &Session, right: &Session| request.order.compare(left, right).is_lt();
        let within = |session: &&Session| {
            after.is_none_or(|after| precedes(after, session))
                && before.is_none_or(|before| precedes(session, before))
        };
        let window: Vec<_> = expected.iter().copied().filter(within).collect();
        let arguments = json!({
            if from_start { "first" } else { "last" }: size,
            "after": self.cursor(request, after).await,
            "before": self.cursor(request, before).await,
        });
        let page = self.page(request, arguments).await;
        // Whether something lies beyond a cursor is said only where a page begins at it.
        let (items, flags) = if from_start {
            let (items, _, more) = first(&window, size);
            (items, (None, Some(more)))
        } else {
            let (items, more, _) = last(&window, size);
            (items, (Some(more), None))
        };
        self.compare(request, &page, expected, &items, flags)
    }

    /// The cursor of a session in the order of a request.
    async fn cursor(&self, request: &ModelRequest, of: Option<&Session>) -> Value {
        let Some(session) = of else { return Value::Null };
        let query = "query($id: ID!, $order: SessionOrder) {
            sessions(filter: {legacyId: {eq: $id}}, orderBy: $order) { edges { cursor } } }";
        let variables = json!({ "id": session.id.to_string(), "order": request.order.name });
        let data = self.gateway.data(self.tenant, query, variables).await;
        data["sessions"]["edges"][0]["cursor"].clone()
    }

    async fn page(&self, request: &ModelRequest, mut variables: Value) -> Value {
        let Children { chat, videos, first, last, field_name } = &request.children;
        let filters = [("filter", &request.filter), ("chat", chat), ("videos", videos)];
        let [filter, chat, videos] = filters.map(|(name, value)| match request.literal {
            true => literal(value),
            false => {
                variables[name] = value.clone();
                format!("${name}")
            }
        });
        variables["name"] = json!(field_name);
        let declared = match request.literal {
            true => "",
            false => "$filter: SessionFilter, $chat: ChatMessageFilter, $videos: VideoFilter,",
        };
        let order = request.order.name;
        let query = format!(
            "query({declared} $first: Int, $after: String, $last: Int, $before: String, $name: String) {{
            sessions(filter: {filter}, orderBy: {order},
                first: $first, after: $after, last: $last, before: $before) {{
                totalCount pageInfo {{ hasPreviousPage hasNextPage startCursor endCursor }}
                edges {{ cursor }}
                nodes {{
                    legacyId customFields(name: $name) {{ name value }}
                    head: chatMessages(filter: {chat}, first: {first}) {{
                        totalCount nodes {{ body }} pageInfo {{ hasPreviousPage hasNextPage }} }}
                    tail: chatMessages(filter: {chat}, last: {last}) {{
                        totalCount nodes {{ body }} pageInfo {{ hasPreviousPage hasNextPage }} }}
                    videos(filter: {videos}, first: {first}) {{
                        totalCount nodes {{ url }} pageInfo {{ hasPreviousPage hasNextPage }} }}
                }} }} }}"
        );
        self.gateway.data(self.tenant, &query, variables).await["sessions"].take()
    }

    /// Compares a page of sessions.
    fn compare(
        &self,
        request: &ModelRequest,
        page: &Value,
        all: &[&Session],
        items: &[&Session],
        (previous, next): (Option<bool>, Option<bool>),
    ) -> Result<(), TestCaseError> {
        let nodes: Vec<_> = items.iter().map(|it| request.children.node(it)).collect();
        prop_assert_eq!(&page["nodes"], &Value::from(nodes));
        prop_assert_eq!(&page["totalCount"], all.len());
        let info = &page["pageInfo"];
        for (flag, expected) in [("hasPreviousPage", previous), ("hasNextPage", next)] {
            if let Some(expected) = expected {
                prop_assert_eq!(&info[flag], expected, "{}", flag);
            }
        }
        prop_assert_eq!(&info["startCursor"], &page["edges"][0]["cursor"]);
        let last = items.len().saturating_sub(1);
        prop_assert_eq!(&info["endCursor"], &page["edges"][last]["cursor"]);
        Ok(())
    }

    /// Asks for technicians and the sessions of each, and compares.
    pub async fn technicians(&self, request: &ModelRequest) -> Result<(), TestCaseError> {
        let Some(filter) = request.filter.get("technician").filter(|it| !it.is_null()) else {
            return Ok(());
        };
        let (size, order) = (self.limits.sessions.min(3), request.order.name);
        let query = format!(
            "query($filter: TechnicianFilter, $sessions: SessionFilter) {{
            technicians(filter: $filter, first: {size}) {{
                totalCount pageInfo {{ hasPreviousPage hasNextPage }}
                nodes {{ username name sessions(filter: $sessions, first: {size}, orderBy: {order}) {{
                    totalCount pageInfo {{ hasPreviousPage hasNextPage }} nodes {{ legacyId }} }} }} }} }}"
        );
        let variables = json!({ "filter": filter, "sessions": request.filter });
        let data = self.gateway.data(self.tenant, &query, variables).await;

        let sessions = &self.history.sessions;
        let mut known = TECHNICIANS.to_vec();
        known.retain(|it| sessions.iter().any(|session| session.details.technician == Some(*it)));
        known.retain(|it| reference_filter::technician(filter, it));
        known.sort_by_key(|it| folded(it.username));
        let nodes = known.iter().map(|technician| {
            let of = |session: &&Session| session.details.technician == Some(*technician);
            let kept = request.sessions(sessions.iter().filter(of));
            let id = |session: &&Session| json!({ "legacyId": session.id.to_string() });
            let kept: Vec<_> = kept.iter().map(id).collect();
            json!({ "username": technician.username, "name": technician.name,
                "sessions": connection(kept.len(), first(&kept, size)) })
        });
        let nodes: Vec<_> = nodes.collect();
        prop_assert_eq!(&data["technicians"], &connection(nodes.len(), first(&nodes, size)));
        Ok(())
    }
}

impl Children {
    fn node(&self, session: &Session) -> Value {
        let details = &session.details;
        let named = |name: &str| self.field_name.as_ref().is_none_or(|asked| same(asked, name));
        let fields = details.fields.iter().filter(|(name, _)| named(name));
        let fields: Vec<_> =
            fields.map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let chat = details.chat.iter().filter(|it| reference_filter::chat_message(&self.chat, it));
        let chat: Vec<_> = chat.map(|it| json!({ "body": it.body })).collect();
        let videos = details.videos.iter().filter(|_| reference_filter::video(&self.videos));
        let videos: Vec<_> = videos.map(|url| json!({ "url": url })).collect();
        json!({
            "legacyId": session.id.to_string(),
            "customFields": fields,
            "head": connection(chat.len(), first(&chat, self.first)),
            "tail": connection(chat.len(), last(&chat, self.last)),
            "videos": connection(videos.len(), first(&videos, self.first)),
        })
    }
}

fn connection(total: usize, (nodes, previous, next): Page<Value>) -> Value {
    let mut connection = Map::new();
    connection.insert("totalCount".to_owned(), total.into());
    connection.insert("nodes".to_owned(), nodes.into());
    let info = json!({ "hasPreviousPage": previous, "hasNextPage": next });
    connection.insert("pageInfo".to_owned(), info);
    Value::Object(connection)
}
