//! The body of a request, which must arrive in time.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    BoxError,
    body::{Bytes, HttpBody},
};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Activity;

/// The minimum rate of a body, in bytes a second.
const MIN_RATE: u64 = 1024;

/// The body of a request arrives too slowly.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body of the request arrives too slowly")]
pub(in crate::http) struct BodyTooSlow;

/// A body that ends with an error if nothing of it arrives for too long, or less than the minimum rate.
#[derive(Debug)]
pub(super) struct TimedRequestBody {
    body: Incoming,
    activity: Arc<Activity>,
    max_pause: Duration,
    received: u64,
    /// When the body was awaited first.
    start: Option<Instant>,
    is_waiting: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl TimedRequestBody {
    pub(super) fn new(body: Incoming, activity: Arc<Activity>, max_pause: Duration) -> Self {
        let (start, timer) = (None, None);
        Self { body, activity, max_pause, received: 0, start, is_waiting: false, timer }
    }

    /// Sets the timer to the moment until which more must arrive.
    fn wait(&mut self) {
        let now = Instant::now();
        let start = *self.start.get_or_insert(now);
        let seconds_of_rate = Duration::from_millis(self.received * 1000 / MIN_RATE);
        let end = (now + self.max_pause).min(start + self.max_pause + seconds_of_rate);
        match &mut self.timer {
            Some(timer) => timer.as_mut().reset(end),
            None => self.timer = Some(Box::pin(sleep_until(end))),
        }
        self.activity.await_body(true);
        self.is_waiting = true;
    }
}

impl HttpBody for TimedRequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            if self.is_waiting {
                self.is_waiting = false;
                self.activity.await_body(false);
            }
            if let Some(Ok(frame)) = &frame {
                self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)));
        }
        if !self.is_waiting {
            self.wait();
        }
        if let Some(timer) = &mut self.timer {
            ready!(timer.as_mut().poll(context));
            return Poll::Ready(Some(Err(BodyTooSlow.into())));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
