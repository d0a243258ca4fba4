//! An answer that is read while it arrives: its pieces, and how long they may be waited for.

use super::{Endpoint, Trouble, content_type, describe};
use crate::turn::Failure;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use reqwest::{RequestBuilder, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The body of an answer. Dropping it closes the connection.
pub struct Body {
    endpoint: Arc<Endpoint>,
    /// `None` once the answer is over.
    bytes: Option<BoxStream<'static, reqwest::Result<Bytes>>>,
    /// The time to the next thing of use.
    limit: Duration,
    /// What is left of it.
    patience: Duration,
    /// What is left of all waiting. The time that the reader takes in between is not counted.
    left: Duration,
}

impl Body {
    /// Sends `request` and waits for the answer to begin. `wanted` names what was asked for; an
    /// answer whose kind begins with one of `never` is something else: a page, or a message.
    ///
    /// # Errors
    /// As [`Endpoint::send`], and when the answer is of the wrong kind.
    pub async fn begin(
        endpoint: &Arc<Endpoint>,
        request: RequestBuilder,
        wanted: &str,
        never: &[&str],
    ) -> Result<Self, Trouble> {
        let asked = Instant::now();
        let budgets = endpoint.budgets;
        let response = endpoint.send(request, asked + budgets.first).await?;
        refuse_kinds(&response, wanted, never)?;
        Ok(Self {
            endpoint: Arc::clone(endpoint),
            bytes: Some(Box::pin(response.bytes_stream())),
            limit: budgets.first,
            patience: budgets.first.saturating_sub(asked.elapsed()),
            left: budgets.total.saturating_sub(asked.elapsed()),
        })
    }

    /// Whose answer it is.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// False once it was closed or taken.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.bytes.is_some()
    }

    /// Reads no more of it: the connection closes.
    pub fn close(&mut self) {
        self.bytes = None;
    }

    /// The rest of it, for whoever reads it without anybody waiting.
    pub fn take_rest(&mut self) -> Option<BoxStream<'static, reqwest::Result<Bytes>>> {
        self.bytes.take()
    }

    /// Something of use came: the next thing has its whole time again.
    pub fn progressed(&mut self) {
        self.limit = self.endpoint.budgets.gap;
        self.patience = self.limit;
    }

    /// The next piece; `None` at the end. `what` is the word for it if it does not come.
    ///
    /// # Errors
    /// When nothing comes in time or the line breaks.
    pub async fn next(&mut self, what: &str) -> Result<Option<Bytes>, Trouble> {
        let Some(stream) = &mut self.bytes else { return Ok(None) };
        let began = Instant::now();
        let piece = timeout(self.patience.min(self.left), stream.next()).await;
        self.patience = self.patience.saturating_sub(began.elapsed());
        self.left = self.left.saturating_sub(began.elapsed());
        let late = if self.left.is_zero() { self.endpoint.budgets.total } else { self.limit };
        let piece = piece.map_err(|_| Trouble::late(what, late))?;
        piece.transpose().map_err(|error| describe(&error))
    }
}

fn refuse_kinds(response: &Response, wanted: &str, never: &[&str]) -> Result<(), Trouble> {
    let kind = content_type(response);
    if never.iter().any(|other| kind.starts_with(other)) {
        let detail = format!("{wanted} was asked for, {kind} came");
        return Err(Trouble::new(Failure::Nonsense, detail));
    }
    Ok(())
}
