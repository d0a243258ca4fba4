//! What a dialplan does around a call: announce it, and ask what comes next.

use anyhow::{Context as _, ensure};
use std::time::Duration;
use uuid::Uuid;

/// Time for one request.
const REQUEST_MAX: Duration = Duration::from_secs(5);

/// The HTTP side of a server, as a dialplan sees it.
#[derive(Debug, Clone)]
pub struct Dialplan {
    client: reqwest::Client,
    calls: String,
    secret: Option<String>,
}

impl Dialplan {
    /// For a server at `url`: its base (`http://127.0.0.1:8080`) or the whole address of
    /// `/v1/calls`. `secret`: `TREADLINE_CALL_SECRET`, if it is needed.
    ///
    /// # Errors
    /// No client can be made.
    pub fn new(url: &str, secret: Option<String>) -> anyhow::Result<Self> {
        let base = url.trim_end_matches('/');
        let base = base.strip_suffix("/v1/calls").unwrap_or(base);
        let client = reqwest::Client::builder().timeout(REQUEST_MAX).no_proxy().build()?;
        Ok(Self { client, calls: format!("{base}/v1/calls"), secret })
    }

    /// Announces a call `from` a number to the number `called`; `data` holds what else the
    /// dialplan wants to say.
    ///
    /// # Errors
    /// The server's own words.
    pub async fn register(
        &self,
        id: Uuid,
        from: Option<&str>,
        called: Option<&str>,
        data: &serde_json::Value,
    ) -> anyhow::Result<()> {
        let mut body = serde_json::json!({ "uuid": id, "caller": from, "called": called });
        for (key, value) in data.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let mut request = self.client.post(&self.calls).json(&body);
        if let Some(secret) = &self.secret {
            request = request.bearer_auth(secret);
        }
        answer(request).await.with_context(|| format!("cannot register at {}", self.calls))?;
        Ok(())
    }

    /// What the dialplan shall do after the call.
    ///
    /// # Errors
    /// The server's own words.
    pub async fn next(&self, id: Uuid) -> anyhow::Result<String> {
        let mut request = self.client.get(format!("{}/{id}/next", self.calls));
        if let Some(secret) = &self.secret {
            request = request.bearer_auth(secret);
        }
        answer(request).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> anyhow::Result<String> {
    let response = request.send().await?;
    let status = response.status();
    let text = response.text().await?;
    ensure!(status.is_success(), "{status}: {text}");
    Ok(text)
}
