//! Bulk requests: all records of a list, in NDJSON or CSV.

use axum::{
    body::{Body, Bytes},
    response::Response,
};

use super::{
    super::{
        export_stream::{self, page_reads},
        request_log::{LogNotes, notes},
    },
    negotiate::MediaType,
    request::is_name,
    response,
};
use crate::{
    app::{
        App,
        caller::{Caller, RequestSlot},
    },
    error::Result,
    export::{self, CsvLayout, Document, OutputFormat},
    graphql::{
        execute::{GraphqlRequest, Outcome},
        records::{RecordList, RecordSizes, compile_bulk},
    },
};

/// The sizes of a page that may be the only one.
const SINGLE_PAGE: RecordSizes = RecordSizes { records: 200, items: None };
/// The number of records of a page that has lists, so that it needs little memory.
const RECORDS_WITH_LISTS: u32 = 100;

/// Answers a bulk request, and returns its slot among the requests of the account.
pub(super) async fn answer(
    app: &App,
    caller: &Caller,
    format: OutputFormat,
    request: Result<GraphqlRequest>,
) -> (Response, Option<RequestSlot>) {
    let mut about = LogNotes::default();
    let answer = async {
        let slot = caller.begin_request().await?;
        Ok((body(app, caller, format, request?, &mut about).await?, slot))
    };
    let (mut response, slot) = match answer.await {
        Ok((body, slot)) => (response::export(format, body), Some(slot)),
        Err(outcome) => (response::answer(MediaType::Graphql, outcome), None),
    };
    let notes = notes(&mut response);
    notes.export_wait = about.export_wait;
    notes.export = about.export.filter(|_| slot.is_some());
    (response, slot)
}

/// The body of an answer, and what the log says of it.
async fn body(
    app: &App,
    caller: &Caller,
    format: OutputFormat,
    request: GraphqlRequest,
    about: &mut LogNotes,
) -> Result<Body, Outcome> {
    if let Some(name) = request.operation_name.as_deref().filter(|name| is_name(name)) {
        tracing::Span::current().record("operation", name);
    }
    let context = app.request(Some(caller), app.store.reads());
    let list = compile_bulk(&app.schema, &context, request).await?;
    let document = match format {
        OutputFormat::Csv => {
            let disarm_formulas = app.settings.csv_disarm_formulas;
            Document::cells(CsvLayout { disarm_formulas }, list.fields())
        }
        OutputFormat::Ndjson | OutputFormat::Json | OutputFormat::Xml => Document::lines(),
    };
    about.export = Some((format, document.records.clone()));
    let page = single_page(app, caller, list.clone(), &document).await?;
    let whole = async |reads| {
        let records = match list.has_children() {
            true => RECORDS_WITH_LISTS.min(app.settings.legacy_page_size),
            false => app.settings.legacy_page_size,
        };
        let list = list.with_reads(app.export_reads(caller, reads));
        let stream = export::stream(list, document, RecordSizes { records, items: None }).await;
        stream.map_err(Outcome::from)
    };
    let account = caller.viewer.account;
    let (body, waited) = export_stream::body(app, account, page, whole, Outcome::from).await;
    about.export_wait = waited;
    body
}

/// The body of an answer of one page, which does not wait for long answers to end. None if the answer
/// has more pages.
async fn single_page(
    app: &App,
    caller: &Caller,
    list: RecordList,
    document: &Document,
) -> Result<Option<Bytes>> {
    let reads = page_reads(app, caller.viewer.account, list.has_children()).await?;
    let list = list.with_reads(app.export_reads(caller, reads));
    export::single_page(&list, document, SINGLE_PAGE).await
}
