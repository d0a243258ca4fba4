//! The desk over real TCP on a real Postgres, as a browser meets it.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod alerts;
mod audit;
mod calls;
mod customers;
mod dashboard;
mod day;
mod doors;
mod forms;
mod hostile;
mod knowledge;
mod links;
mod list;
mod live;
mod orders;
mod people;
mod pop;
mod presence;
mod programs;
mod prompts;
mod quality;
mod routes;
mod settings;
mod settings_calls;
mod settings_words;
mod stock;
mod tenants;
mod tickets;
mod tls;
mod work;

use crate::support::database::{TestDb, fresh_database};
use chrono::{DateTime, Utc};
use reqwest::header::{self, HeaderMap};
use reqwest::{Client, Method, StatusCode};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use tokio_util::sync::{CancellationToken, DropGuard};
use treadline::asterisk::registry::{Registry, RegistryOptions};
use treadline::clock::WallClock;
use treadline::config;
use treadline::db::desk::tokens::Purpose;
use treadline::db::desk::users::{self, NewUser, Role};
use treadline::desk::live::Feed;
use treadline::desk::{self, Books, Desk, secret};
use treadline::http::{self, HttpState};
use treadline::ids::TenantId;
use treadline::webhooks::{Reach, Sender};
use uuid::Uuid;

const PASSWORD: &str = "шість синіх коней";
const PATIENCE: Duration = Duration::from_mins(2);
const START: &str = "2026-11-22T12:00:00Z";

/// A desk that is served.
struct Office {
    db: TestDb,
    address: SocketAddr,
    clock: WallClock,
    feed: Feed,
    stop: DropGuard,
}

/// What a browser got.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

/// A browser: it keeps cookies and follows nothing by itself.
struct Browser {
    client: Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

async fn office() -> Option<Office> {
    office_with(config::Desk::default()).await
}

async fn office_with(config: config::Desk) -> Option<Office> {
    office_by(config, None).await
}

async fn office_by(config: config::Desk, tls: Option<std::sync::Arc<http::Tls>>) -> Option<Office> {
    let db = fresh_database().await?;
    let clock = WallClock::starting_at(START.parse().unwrap());
    let registry = Registry::new(RegistryOptions {
        trusted_peers: Vec::new(),
        calls_max: 1,
        registration_lives: Duration::from_mins(2),
        overflow_next: "operator".into(),
    });
    let probe: http::Probe = Arc::new(|| Box::pin(async { Vec::new() }));
    let state = HttpState::new(registry, None, http::metrics::install().unwrap(), probe);
    let (feed, stop) = (Feed::default(), CancellationToken::new());
    let desk = Desk::new(&db.pool, clock.clone(), config, feed.clone(), stop.clone());
    let reach = Reach::new(vec!["127.0.0.1".parse().unwrap()]);
    let teller = Sender::new("a secret of the tests".to_owned().into(), reach);
    let desk = desk.with_books(Books {
        teller: Some(Arc::new(teller)),
        tools: vec!["find_storage", "add_to_wishlist"],
        ..Books::default()
    });
    let desk = desk.with_tls(tls.is_some());
    let router = http::router(state.clone()).merge(desk::router(desk));
    let router = router.layer(axum::middleware::from_fn(desk::secure));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(http::serve_by(listener, tls, router, state, stop.clone()));
    Some(Office { db, address, clock, feed, stop: stop.drop_guard() })
}

/// The hash of [`PASSWORD`], made once.
async fn hash() -> String {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let made = HASH.get_or_init(|| async {
        secret::Hasher::default().hash(PASSWORD.to_owned().into()).await.unwrap()
    });
    made.await.clone()
}

impl Office {
    fn browser(&self) -> Browser {
        Browser::at(self.address)
    }

    /// Somebody of a shop with [`PASSWORD`].
    async fn hire(&self, email: &str, role: Role, tenant: TenantId) -> Uuid {
        let new = NewUser { email: email.into(), name: String::new(), role, tenant };
        let id = users::add(&self.db.pool, new).await.unwrap().unwrap();
        users::set_password(&self.db.pool, id, hash().await).await.unwrap();
        id
    }

    /// A browser in which somebody new of this role is in.
    async fn signed_in(&self, role: Role) -> Browser {
        self.signed_in_at(role, TenantId::DEFAULT).await
    }

    async fn signed_in_at(&self, role: Role, tenant: TenantId) -> Browser {
        let email = format!("{role}-{}@shop.example", Uuid::new_v4().simple());
        let id = self.hire(&email, role, tenant).await;
        let link = self.link(Purpose::SignIn, Some(id)).await;
        let browser = self.browser();
        let answer = browser.send_form(&link, &link, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser
    }

    async fn link(&self, purpose: Purpose, user: Option<Uuid>) -> String {
        desk::link_for(&self.db.pool, &self.clock, purpose, user).await.unwrap()
    }

    /// Another shop.
    async fn other_shop(&self) -> TenantId {
        let id = sqlx::query_scalar(
            "insert into tenants (name, slug) values ('Other', 'other') returning id",
        )
        .fetch_one(&mut self.db.owner().await)
        .await
        .unwrap();
        TenantId(id)
    }

    /// A call of a shop, a line of the caller's, a tool call and a step of it.
    async fn call(&self, tenant: TenantId, at: DateTime<Utc>, said: &str) -> Uuid {
        let id = Uuid::new_v4();
        let mut owner = self.db.owner().await;
        sqlx::query(
            "insert into calls (id, tenant_id, started_at, ended_at, duration_seconds, caller_id, \
                 language, outcome, scenario, total_cost_usd) \
             values ($1, $2, $3, $3, 65, '+380671234567', 'uk', 'resolved', 'tire_search', 0.0123)",
        )
        .bind(id)
        .bind(tenant.0)
        .bind(at)
        .execute(&mut owner)
        .await
        .unwrap();
        sqlx::query(
            "with said as (insert into call_turns (id, tenant_id, call_id, call_started_at, \
                 turn_number, speaker, content, language, first_audio_ms, created_at) \
                 values (gen_random_uuid(), $2, $1, $3, 1, 'customer', $4, 'uk', 640, $3)), \
             asked as (insert into call_traces (id, tenant_id, call_id, call_started_at, \
                 turn_number, step, agent_name, started_at, duration_ms) \
                 values (gen_random_uuid(), $2, $1, $3, 1, 'llm', $4, $3, 300)) \
             insert into call_tool_calls (id, tenant_id, call_id, call_started_at, turn_number, \
                 tool_name, tool_args, tool_result, duration_ms, success) \
             values (gen_random_uuid(), $2, $1, $3, 1, 'search_tires', \
                 jsonb_build_object('note', $4), jsonb_build_object('echo', $4), 12, true)",
        )
        .bind(id)
        .bind(tenant.0)
        .bind(at)
        .bind(said)
        .execute(&mut owner)
        .await
        .unwrap();
        id
    }

    /// Rows of the audit log with this action.
    async fn noted(&self, action: &str) -> i64 {
        sqlx::query_scalar("select count(*) from dashboard.audit_log where action = $1")
            .bind(action)
            .fetch_one(&mut self.db.owner().await)
            .await
            .unwrap()
    }
}

impl Browser {
    fn at(address: SocketAddr) -> Self {
        let client = Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { client, base: format!("http://{address}"), cookies: Mutex::default() }
    }

    async fn send(&self, method: Method, path: &str, headers: HeaderMap, body: String) -> Answer {
        let cookies = self.cookies.lock().unwrap().clone();
        let cookies: Vec<String> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .header(header::COOKIE, cookies.join("; "))
            .header(header::ACCEPT_LANGUAGE, "en")
            .headers(headers)
            .body(body);
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for line in headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        // A stream never ends.
        let streams = kind.is_some_and(|kind| kind.starts_with("text/event-stream"));
        let text = if streams { String::new() } else { response.text().await.unwrap() };
        Answer { status, headers, text }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, HeaderMap::new(), String::new()).await
    }

    /// Sends a form as a browser does from a page of ours.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(&self.base, path, fields).await
    }

    /// Sends a form from a page of `origin`.
    async fn post_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut headers = form_headers();
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        self.send(Method::POST, path, headers, encoded(fields)).await
    }

    /// Opens `page`, and sends its form with these fields to `path`.
    async fn send_form(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(page).await.form_token();
        let fields: Vec<_> =
            [("form_token", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post(path, &fields).await
    }

    async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.send_form("/login", "/login", &[("email", email), ("password", password)]).await
    }

    /// True if somebody is in.
    async fn is_in(&self) -> bool {
        self.get("/calls").await.status == StatusCode::OK
    }

    fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }
}

impl Answer {
    /// What forms of the page carry.
    fn form_token(&self) -> String {
        let (_, rest) = self
            .text
            .split_once("name=\"form_token\" value=\"")
            .unwrap_or_else(|| panic!("no form on the page ({}): {}", self.status, self.text));
        rest.split('"').next().unwrap().to_owned()
    }

    fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap())
    }
}

fn form_headers() -> HeaderMap {
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    HeaderMap::from_iter([(header::CONTENT_TYPE, kind)])
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let part = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect::<String>()
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect();
    pairs.join("&")
}
