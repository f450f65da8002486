//! Answering a request: its translation is compiled, and the records go out in the caller's format.

use async_graphql::Request as Query;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};

use super::{
    document::{AnswerStyle, document},
    error::LegacyError,
    request::LegacyRequest,
    translate::{PageSizes, Translation},
};
use crate::{
    error::{Code, Error, Result},
    export::{self, Document, OutputFormat, RecordCount},
    graphql::records::RecordList,
};

/// Answers a request with the whole body, if the answer is one page of sessions, whose lists are one
/// page each. All reads of the list that `compile` returns must see the same state of the database.
///
/// Returns `None` for any other answer, of which nothing is written yet.
///
/// # Errors
/// When the query fails, in the caller's format.
pub async fn answer_single_page(
    request: &LegacyRequest,
    style: AnswerStyle<'_>,
    sizes: PageSizes,
    records: RecordCount,
    compile: impl FnOnce(&Query) -> Result<RecordList>,
) -> Result<Option<Bytes>, LegacyError> {
    let query = Translation::new(request, sizes).single_page(sizes);
    let (list, document) = prepare(request, style, records, compile(&query))?;
    let page = sizes.single_page().into();
    let body = export::single_page(&list, &document, page).await;
    body.map_err(|error| failed(&error, request.format()))
}

/// Answers a request with the body, in chunks. All reads of the list that `compile` returns must see the
/// same state of the database.
///
/// The first page is read before this function returns, so its errors are clean. If a later page fails,
/// the stream fails, and the caller of this function must abort the answer, which is not a whole document.
///
/// # Errors
/// When the first page fails, in the caller's format.
pub async fn answer(
    request: &LegacyRequest,
    style: AnswerStyle<'_>,
    sizes: PageSizes,
    records: RecordCount,
    compile: impl FnOnce(&Query) -> Result<RecordList>,
) -> Result<impl Stream<Item = Result<Bytes, LegacyError>> + Send + 'static, LegacyError> {
    let sizes = sizes.for_request(request);
    let query = Translation::new(request, sizes).query();
    let (list, document) = prepare(request, style, records, compile(&query))?;
    let format = request.format();
    let stream = export::stream(list, document, sizes.into()).await;
    let stream = stream.map_err(|error| failed(&error, format))?;
    Ok(stream.map_err(move |error| failed(&error, format)))
}

fn prepare(
    request: &LegacyRequest,
    style: AnswerStyle<'_>,
    records: RecordCount,
    list: Result<RecordList>,
) -> Result<(RecordList, Document), LegacyError> {
    let list = list.map_err(|error| failed(&error, request.format()))?;
    let document = document(request, style, list.fields());
    let mut document = document.map_err(|error| failed(&error, request.format()))?;
    document.records = records;
    Ok((list, document))
}

fn failed(error: &Error, format: OutputFormat) -> LegacyError {
    error.log();
    let code = error.code();
    // The gateway's own query should not be refused.
    if matches!(code, Code::BadUserInput | Code::QueryTooComplex | Code::QueryTooDeep) {
        tracing::error!(code = code.as_str(), "a translated query was refused");
    }
    LegacyError::new(code.into(), format)
}
