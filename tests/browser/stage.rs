//! The whole product with a browser in front of it.

use super::chromium::{self, Chromium};
use super::page::Page;
use super::pages::Whose;
use crate::support::agent::{Agent, Setup};
use chrono::{TimeDelta, Utc};
use serde_json::Value;
use treadline::db::desk::tokens::Purpose;
use treadline::db::desk::users::{self, NewUser, Role};
use treadline::db::generate::{self, Plan};
use treadline::desk::{self, secret};
use treadline::ids::{CallId, TenantId};
use treadline::language::Language;
use treadline::pii::Phone;
use treadline::spool::{CallOpened, LogEntry, Record};
use treadline::turn::{Note, Speaker, TurnNote};
use uuid::Uuid;

pub const PASSWORD: &str = "шість синіх коней";

/// Calls of a usual day, and the months of them, of a shop that has been open for a while.
const PLAN_PER_DAY: u32 = 4;

/// What a caller who is on the line now has said, and the agent.
const TALK: &[(Speaker, &str)] = &[
    (Speaker::Bot, "Добрий день! Це автоматичний помічник Treadline Tyres. Чим можу допомогти?"),
    (Speaker::Customer, "Добрий день, мені потрібні зимові шини двісті п'ять п'ятдесят п'ять R16"),
    (Speaker::Bot, "Є Rosava по 2100, Nokian по 4720 і Michelin по 5150 гривень. Яку візьмете?"),
    (Speaker::Customer, "А Michelin Alpin є чотири штуки на складі на Перемоги?"),
];

/// Something of each kind that has a page of its own.
const THINGS: &[(&str, &str)] = &[
    ("ticket", "select id from tickets where tenant_id = $1 order by created_at, id limit 1"),
    (
        "order",
        "select id from orders where tenant_id = $1 and status <> 'draft' \
         order by created_at, id limit 1",
    ),
    (
        "booking",
        "select id from fitting_bookings where tenant_id = $1 and status <> 'held' \
         order by created_at, id limit 1",
    ),
    ("customer", "select id from customers where tenant_id = $1 order by created_at, id limit 1"),
    ("user", "select id from dashboard.users where tenant_id = $1 order by created_at limit 1"),
    (
        "article",
        "select id from knowledge_articles where tenant_id = $1 order by slug, language limit 1",
    ),
];

pub struct Stage {
    pub agent: Agent,
    pub browser: Chromium,
    pub base: String,
    /// A call that is over.
    call: String,
    /// A call that goes on.
    live: String,
}

impl Stage {
    /// `None` only if tests that need Postgres or a browser are skipped.
    pub async fn open(setup: Setup) -> Option<Self> {
        if chromium::skipped() {
            return None;
        }
        let agent = Agent::start(setup).await?;
        Some(Self::around(agent, Chromium::start().await))
    }

    pub fn around(agent: Agent, browser: Chromium) -> Self {
        let base = format!("http://{}", agent.line.http);
        Self { agent, browser, base, call: String::new(), live: String::new() }
    }

    /// The same of a shop with a month of calls behind it, and two callers on the line.
    pub async fn open_full() -> Option<Self> {
        let mut stage = Self::open(Setup::default()).await?;
        let now = stage.agent.parts.services.clock.now();
        // Calls are made up to yesterday, by the desk's clock and by that of the wall.
        let until = now.min(Utc::now()).date_naive() - TimeDelta::days(1);
        let plan = Plan { months: 1, per_day: PLAN_PER_DAY, seed: 5, until };
        let pool = &stage.agent.db.pool;
        generate::fill(pool, TenantId::DEFAULT, plan, |_| {}).await.expect("a month of calls");
        let call: Uuid = sqlx::query_scalar(
            "select call_id from call_tool_calls where tenant_id = $1 \
             group by call_id, call_started_at order by count(*) desc, call_started_at limit 1",
        )
        .bind(TenantId::DEFAULT.0)
        .fetch_one(&mut stage.agent.db.owner().await)
        .await
        .expect("a call with tools");
        stage.call = call.to_string();
        stage.phones("+380671234567", 2);
        let live = stage.phones("+380501112233", TALK.len());
        // The line of a call in progress stands in the log from its first moment on.
        sqlx::query(
            "insert into calls (id, tenant_id, started_at, caller_id, language) \
             values ($1, $2, $3, '+380501112233', 'uk')",
        )
        .bind(live)
        .bind(TenantId::DEFAULT.0)
        .bind(now)
        .execute(&mut stage.agent.db.owner().await)
        .await
        .expect("a call in progress");
        stage.live = live.to_string();
        sqlx::query(
            "insert into tickets (tenant_id, title, ticket_type, source, phone, due_at, \
                 customer_id) \
             select $1, 'Передзвонити щодо зимових шин', 'callback', 'desk', phone, $2, id \
             from customers where tenant_id = $1 order by created_at, id limit 1",
        )
        .bind(TenantId::DEFAULT.0)
        .bind(now)
        .execute(&mut stage.agent.db.owner().await)
        .await
        .expect("a ticket");
        Some(stage)
    }

    /// Somebody is on the line and so many lines were said.
    fn phones(&self, number: &str, lines: usize) -> Uuid {
        let id = Uuid::new_v4();
        let began = self.agent.parts.services.clock.now();
        let tell = |turn: usize, record| {
            self.agent.parts.feed.tell(&LogEntry {
                tenant: TenantId::DEFAULT,
                call: CallId(id),
                call_started_at: began,
                seq: turn as u64,
                at: began + TimeDelta::seconds(8 * turn as i64),
                record,
            });
        };
        tell(
            0,
            Record::Opened(Box::new(CallOpened {
                channel: "phone".into(),
                origin: "live".into(),
                caller: Phone::parse(number),
                called: None,
                asterisk_channel: None,
                language: Language::Uk,
                node: "test".into(),
                prompt_version: "1".into(),
                data: Value::Null,
            })),
        );
        for (turn, (speaker, text)) in TALK.iter().take(lines).enumerate() {
            let by_agent = *speaker == Speaker::Bot && turn > 0;
            tell(
                turn + 1,
                Record::Note(Box::new(Note::Turn(TurnNote {
                    turn_number: turn as u32 + 1,
                    speaker: *speaker,
                    content: (*text).to_owned(),
                    language: Language::Uk,
                    stt_confidence: None,
                    stt_latency_ms: None,
                    llm_latency_ms: None,
                    tts_latency_ms: None,
                    endpointing_ms: None,
                    first_audio_ms: by_agent.then_some(820),
                    interrupted: false,
                }))),
            );
        }
        id
    }

    /// Somebody of a shop, with the desk in this language.
    pub async fn hire(
        &self,
        email: &str,
        role: Role,
        tenant: TenantId,
        tongue: &'static str,
    ) -> Uuid {
        let pool = &self.agent.db.pool;
        let new =
            NewUser { email: email.into(), name: "Олена Коваль".into(), role, tenant };
        let id = users::add(pool, new).await.expect("added").expect("a new address");
        users::set_look(pool, id, tongue, "auto").await.expect("set");
        id
    }

    /// The same with [`PASSWORD`].
    pub async fn hire_with_password(&self, email: &str, role: Role, tongue: &'static str) {
        let id = self.hire(email, role, TenantId::DEFAULT, tongue).await;
        let hash = secret::Hasher::default().hash(PASSWORD.to_owned().into()).await;
        let set = users::set_password(&self.agent.db.pool, id, hash.expect("a hash")).await;
        set.expect("set");
    }

    /// A shop that nobody has phoned yet.
    pub async fn other_shop(&self) -> TenantId {
        let id = sqlx::query_scalar(
            "insert into tenants (name, slug) values ('Other', 'other') returning id",
        )
        .fetch_one(&mut self.agent.db.owner().await)
        .await
        .expect("a shop");
        TenantId(id)
    }

    /// A tab in which nobody is in.
    pub async fn tab(&self) -> Page {
        let mut page = self.browser.page(&self.base).await;
        page.ask("Network.clearBrowserCookies", serde_json::json!({})).await;
        page
    }

    /// A tab in which somebody new is in, with the desk in this language. Whoever was in before in
    /// this browser is out.
    pub async fn tab_of(&self, role: Role, tenant: TenantId, tongue: &'static str) -> Page {
        let email = format!("{role}-{}@shop.example", Uuid::new_v4().simple());
        let id = self.hire(&email, role, tenant, tongue).await;
        let door = self.door(Purpose::SignIn, id).await;
        let mut page = self.tab().await;
        page.goto(&door).await;
        page.follow("main button").await;
        page
    }

    async fn door(&self, purpose: Purpose, user: Uuid) -> String {
        let (pool, clock) = (&self.agent.db.pool, &self.agent.parts.services.clock);
        let made = desk::link_for(pool, clock, purpose, Some(user)).await;
        made.expect("a link")
    }

    /// A tab for pages of this kind.
    pub async fn tab_for(&self, whose: Whose, tongue: &'static str) -> Page {
        match whose {
            Whose::Stranger => self.tab().await,
            Whose::Admin => self.tab_of(Role::Admin, TenantId::DEFAULT, tongue).await,
        }
    }

    /// The address of a page of the table. A stranger's language stands in it.
    pub async fn address(&self, pattern: &str, whose: Whose, tongue: &str) -> String {
        let mut address = pattern.replace("{call}", &self.call).replace("{live}", &self.live);
        for (thing, sql) in THINGS {
            let wanted = format!("{{{thing}}}");
            if address.contains(&wanted) {
                let id: Uuid = sqlx::query_scalar(*sql)
                    .bind(TenantId::DEFAULT.0)
                    .fetch_one(&mut self.agent.db.owner().await)
                    .await
                    .expect(thing);
                address = address.replace(&wanted, &id.to_string());
            }
        }
        if address.contains("/{door}") {
            let email = format!("new-{}@shop.example", Uuid::new_v4().simple());
            let id = self.hire(&email, Role::Operator, TenantId::DEFAULT, "uk").await;
            let door = self.door(Purpose::SetPassword, id).await;
            address = address.replace("/door/{door}", &door);
        }
        if whose == Whose::Stranger { format!("{address}?lang={tongue}") } else { address }
    }
}
