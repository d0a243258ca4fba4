//! The interface for programs over real TCP on a real Postgres.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod document;
mod lists;
mod tokens;
mod writing;

use crate::support::database::{TestDb, fresh_database};
use chrono::{DateTime, Utc};
use reqwest::{Client, Method, StatusCode, header};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use treadline::api::{self, Api};
use treadline::asterisk::registry::{Registry, RegistryOptions};
use treadline::clock::WallClock;
use treadline::config;
use treadline::db::tokens::{self as machine, May};
use treadline::http::{self, HttpState};
use treadline::ids::{TenantId, sha256_hex};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_mins(2);
const PHONE: &str = "+380671234567";

/// An interface that is served.
struct Site {
    db: TestDb,
    address: SocketAddr,
    clock: WallClock,
    client: Client,
    _stop: DropGuard,
}

/// What a program got.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: Value,
}

impl Answer {
    /// The word of an error.
    fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

async fn site() -> Option<Site> {
    site_with(config::Api::default()).await
}

async fn site_with(config: config::Api) -> Option<Site> {
    let db = fresh_database().await?;
    let clock = WallClock::system();
    let registry = Registry::new(RegistryOptions {
        trusted_peers: Vec::new(),
        calls_max: 1,
        registration_lives: Duration::from_mins(2),
        overflow_next: "operator".into(),
    });
    let probe: http::Probe = std::sync::Arc::new(|| Box::pin(async { Vec::new() }));
    let state = HttpState::new(registry, None, http::metrics::install().unwrap(), probe);
    let api = Api::new(&db.pool, clock.clone(), config);
    let router = http::router(state.clone()).merge(api::router(api));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    tokio::spawn(http::serve(listener, router, state, stop.clone()));
    let client = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    Some(Site { db, address, clock, client, _stop: stop.drop_guard() })
}

impl Site {
    /// A token of a shop.
    async fn token_of(&self, tenant: TenantId, may: &[May]) -> String {
        let token = format!("tl_{}", Uuid::new_v4().simple());
        let name = format!("t-{}", Uuid::new_v4().simple());
        machine::add(&self.db.pool, tenant, name, sha256_hex(&token), may).await.unwrap().unwrap();
        token
    }

    async fn token(&self, may: &[May]) -> String {
        self.token_of(TenantId::DEFAULT, may).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
        Answer { status, headers, body }
    }

    fn request(&self, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address)).bearer_auth(token)
    }

    async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(self.request(Method::GET, path, token)).await
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path, token).json(body)).await
    }

    async fn post_once(&self, path: &str, token: &str, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path, token).header("idempotency-key", key);
        self.send(request.json(body)).await
    }

    /// Another shop.
    async fn other_shop(&self) -> TenantId {
        let sql = "insert into tenants (name, slug) values ('Other', 'other') returning id";
        TenantId(sqlx::query_scalar(sql).fetch_one(&mut self.db.owner().await).await.unwrap())
    }

    /// A call with a line and a tool call in which its number is said.
    async fn call(&self, tenant: TenantId, at: DateTime<Utc>, outcome: &str) -> Uuid {
        let id = Uuid::new_v4();
        let mut owner = self.db.owner().await;
        sqlx::query(
            "insert into calls (id, tenant_id, started_at, ended_at, duration_seconds, caller_id, \
                 language, outcome, scenario, total_cost_usd) \
             values ($1, $2, $3, $3, 65, $5, 'uk', $4, 'tire_search', 0.0123)",
        )
        .bind(id)
        .bind(tenant.0)
        .bind(at)
        .bind(outcome)
        .bind(PHONE)
        .execute(&mut owner)
        .await
        .unwrap();
        sqlx::query(
            "with said as (insert into call_turns (id, tenant_id, call_id, call_started_at, \
                 turn_number, speaker, content, language, first_audio_ms, created_at) \
                 values (gen_random_uuid(), $2, $1, $3, 1, 'customer', 'мій номер ' || $4, 'uk', \
                     640, $3)) \
             insert into call_tool_calls (id, tenant_id, call_id, call_started_at, turn_number, \
                 tool_name, tool_args, tool_result, duration_ms, success) \
             values (gen_random_uuid(), $2, $1, $3, 1, 'update_customer_profile', \
                 jsonb_build_object('phone', $4), '{\"ok\": true}', 12, true)",
        )
        .bind(id)
        .bind(tenant.0)
        .bind(at)
        .bind(PHONE)
        .execute(&mut owner)
        .await
        .unwrap();
        id
    }

    /// How many rows a question counts.
    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.db.owner().await).await.unwrap()
    }
}
