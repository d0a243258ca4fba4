//! `/settings`: what the shop's people choose, each with its versions. A page is filled and read by
//! [`form`], told in words by [`told`]; what is saved holds from the next call on.

mod corrections;
mod form;
mod saving;
mod told;

use crate::config::Config;
use crate::config::settings::{Choice, SettingKey};
use crate::db::desk::settings::{self, Books, Version};
use crate::db::desk::{corrections as learnt, shops};
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, policy};
use crate::ids::TenantId;
use crate::language::Language;
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use form::Field;
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn mount(site: Site) -> Site {
    site.get("/settings", index)
        .get("/settings/corrections", corrections::show)
        .post("/settings/corrections", corrections::add)
        .post("/settings/corrections/{id}", corrections::act)
        .get("/settings/{name}", show)
        .post("/settings/{name}", saving::act)
}

/// What is in force of a setting, and what was.
struct Standing {
    key: SettingKey,
    /// 0: the file.
    version: i32,
    choice: Choice,
    versions: Vec<Version>,
    books: Books,
    file: Arc<Config>,
    /// Does the shop answer for the whole line?
    has_line: bool,
}

/// A setting as it stands.
async fn standing(desk: &Desk, visitor: &Visitor, key: SettingKey) -> Result<Standing, Refusal> {
    let (pool, tenant) = (desk.pool(), visitor.tenant()?);
    let versions = settings::versions(pool, tenant, key).await?;
    let file = Arc::clone(desk.settings().file());
    let latest = versions.first();
    let chosen = latest.and_then(|version| Choice::from_value(key, &version.value));
    let has_line = tenant == TenantId::DEFAULT;
    let mut choice = match chosen {
        Some(choice) => choice,
        None => of_shop(desk, visitor, key, &file).await?,
    };
    let mut books = Books::default();
    if let Choice::Hours(hours) = &mut choice {
        let today = desk.clock().now().with_timezone(&visitor.zone()).date_naive();
        books = settings::books(pool, tenant, today).await?;
        // What bookings obey, also if a file was brought in since.
        hours.holidays.clone_from(&books.hours.holidays);
        hours.stations.clone_from(&books.hours.stations);
    }
    let version = latest.map_or(0, |latest| latest.version);
    Ok(Standing { key, version, choice, versions, books, file, has_line })
}

/// What holds as long as a shop has chosen nothing: the file, and of another shop its own row.
async fn of_shop(
    desk: &Desk,
    visitor: &Visitor,
    key: SettingKey,
    file: &Config,
) -> Result<Choice, Refusal> {
    let mut choice = Choice::of_file(key, file);
    let session = visitor.session()?;
    let tenant = TenantId(session.tenant_id);
    if let Choice::Greeting(greeting) = &mut choice
        && tenant != TenantId::DEFAULT
    {
        greeting.name.clone_from(&session.tenant_name);
        let language = shops::language(desk.pool(), tenant).await?;
        let language = language.as_deref().and_then(Language::from_code);
        greeting.language = language.unwrap_or(greeting.language);
    }
    Ok(choice)
}

/// A line of what is in force.
struct Fact {
    name: String,
    value: String,
}

struct Card {
    code: &'static str,
    href: String,
    name: &'static str,
    facts: Vec<Fact>,
    source: String,
}

#[derive(Template)]
#[template(path = "settings.html", config = "src/desk/askama.toml")]
struct Index {
    frame: Frame,
    cards: Vec<Card>,
}

async fn index(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Refusal> {
    let words = visitor.words;
    let mut cards = Vec::new();
    for key in SettingKey::ALL {
        let standing = standing(&desk, &visitor, key).await?;
        cards.push(Card {
            code: key.as_str(),
            href: format!("/settings/{}", key.as_str()),
            name: words.setting(key),
            facts: told::facts(words, &standing.choice, &standing.books, standing.has_line),
            source: source(&visitor, standing.versions.first()),
        });
    }
    let all = learnt::list(desk.pool(), visitor.tenant()?).await?;
    let active = all.iter().filter(|row| row.status == "active").count();
    cards.push(Card {
        code: "corrections",
        href: "/settings/corrections".to_owned(),
        name: words.corrections(),
        facts: Vec::new(),
        source: words.corrections_in_force(active),
    });
    Ok(html(&Index { frame: Frame::new(&visitor, words.nav_settings()), cards }))
}

/// Where a value comes from.
fn source(visitor: &Visitor, latest: Option<&Version>) -> String {
    let words = visitor.words;
    latest.map_or_else(
        || words.setting_from_file().to_owned(),
        |latest| {
            let at = format::moment(words, latest.changed_at, visitor.zone());
            words.setting_from(latest.version, &latest.changed_by, &at)
        },
    )
}

/// A version as the history shows it.
struct Past {
    version: i32,
    at: String,
    by: String,
    reason: String,
    in_force: bool,
    /// What it changed: name, before, after.
    changes: Vec<told::Difference>,
}

#[derive(Template)]
#[template(path = "settings_one.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    href: String,
    why: &'static str,
    seen: i32,
    source: String,
    fields: Vec<Field>,
    reason: String,
    notes: Vec<String>,
    wrong: bool,
    saved: bool,
    may_change: bool,
    past: Vec<Past>,
    /// Stations whose fields are on the page.
    stations: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    saved: String,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Path(name): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let key = SettingKey::from_word(&name).ok_or(Refusal::NotFound)?;
    let standing = standing(&desk, &visitor, key).await?;
    let fields = form::fields(visitor.words, &standing);
    let mut page = page(&visitor, &standing, fields);
    page.saved = !asked.saved.is_empty();
    Ok(html(&page))
}

/// The page of a setting with these fields.
fn page(visitor: &Visitor, standing: &Standing, fields: Vec<Field>) -> Page {
    let words = visitor.words;
    let why = match standing.key {
        SettingKey::Transfers => words.transfers_why(),
        _ => words.settings_why(),
    };
    let codes = standing.books.stations.iter().map(|station| station.external_code.as_str());
    Page {
        frame: Frame::new(visitor, words.setting(standing.key)),
        href: format!("/settings/{}", standing.key.as_str()),
        why,
        seen: standing.version,
        source: source(visitor, standing.versions.first()),
        fields,
        reason: String::new(),
        notes: told::bookings(words, &standing.books),
        wrong: false,
        saved: false,
        may_change: policy::allows("POST", "/settings/{name}", visitor.role()),
        past: past(visitor, standing),
        stations: codes.collect::<Vec<_>>().join(","),
    }
}

fn past(visitor: &Visitor, standing: &Standing) -> Vec<Past> {
    let words = visitor.words;
    let read = |version: &Version| Choice::from_value(standing.key, &version.value);
    let older = standing.versions.iter().skip(1).map(Some).chain([None]);
    let pairs = standing.versions.iter().zip(older);
    let one = |(version, older): (&Version, Option<&Version>)| Past {
        version: version.version,
        at: format::moment(words, version.changed_at, visitor.zone()),
        by: version.changed_by.clone(),
        reason: version.reason.clone(),
        in_force: version.version == standing.version,
        changes: told::differences(
            words,
            (older.and_then(read).as_ref(), read(version).as_ref()),
            standing,
        ),
    };
    pairs.map(one).collect()
}
