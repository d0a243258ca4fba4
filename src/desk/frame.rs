//! The frame of every page: bar, language, look, files.

use super::assets;
use super::policy;
use super::visitor::Visitor;
use super::words::{Tongue, Words};
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// An entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it leads.
    pub href: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Is it where the visitor is?
    pub here: bool,
}

/// Who is in, as the bar shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name, or e-mail without one.
    pub name: String,
    /// The role's name.
    pub role: &'static str,
    /// The shop.
    pub shop: String,
}

/// What every template gets as `frame`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The messages.
    pub w: Words,
    /// The page's title.
    pub title: String,
    /// Who is in.
    pub person: Option<Person>,
    /// The menu of the visitor's role.
    pub menu: Vec<Entry>,
    /// The menu of the office: what only some need, and not every day.
    pub office: Vec<Entry>,
    /// What every form carries as `form_token`.
    pub form_token: String,
    /// `auto`, `light` or `dark`.
    pub scheme: String,
    /// The time zone of all times on the page.
    pub zone: String,
    /// The address of this page, for coming back to it.
    pub path: String,
}

impl Frame {
    /// The frame of a page for a visitor.
    #[must_use]
    pub fn new(visitor: &Visitor, title: impl Into<String>) -> Self {
        let words = visitor.words;
        let session = visitor.session.as_deref();
        let person = session.map(|session| Person {
            name: if session.name.is_empty() { &session.email } else { &session.name }.clone(),
            role: words.role(session.role),
            shop: session.tenant_name.clone(),
        });
        let inside = visitor.path.split('?').next().unwrap_or_default();
        let entries = |menu: &'static [(&'static str, Message)]| {
            let may = |href| session.is_some() && policy::allows("GET", href, visitor.role());
            let entry = |(href, name): &(&'static str, Message)| Entry {
                href,
                name: name(words),
                here: inside == *href || inside.starts_with(&format!("{href}/")),
            };
            menu.iter().filter(|(href, _)| may(href)).map(entry).collect::<Vec<_>>()
        };
        Self {
            w: words,
            title: title.into(),
            person,
            menu: entries(MENU),
            office: entries(OFFICE),
            form_token: visitor.form_token.clone(),
            scheme: session.map_or_else(|| "auto".to_owned(), |session| session.scheme.clone()),
            zone: visitor.zone().name().to_owned(),
            path: visitor.path.clone(),
        }
    }

    /// The style sheet.
    #[must_use]
    pub fn css(&self) -> &'static str {
        assets::url("desk.css")
    }

    /// The style sheet of pictures.
    #[must_use]
    pub fn charts_css(&self) -> &'static str {
        assets::url("dashboard.css")
    }

    /// The script.
    #[must_use]
    pub fn js(&self) -> &'static str {
        assets::url("live.js")
    }

    /// The sign of the page in the browser's tab.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        assets::url("icon.svg")
    }

    /// The languages to choose from: code, name in itself, whether it is the present one.
    #[must_use]
    pub fn tongues(&self) -> Vec<(&'static str, &'static str, bool)> {
        let name = |tongue| match tongue {
            Tongue::Uk => "Українська",
            Tongue::En => "English",
        };
        let present = self.w.0;
        Tongue::ALL.map(|tongue| (tongue.code(), name(tongue), tongue == present)).to_vec()
    }

    /// The looks to choose from: code, name, whether it is the present one.
    #[must_use]
    pub fn schemes(&self) -> Vec<(&'static str, &'static str, bool)> {
        [
            ("auto", self.w.scheme_auto()),
            ("light", self.w.scheme_light()),
            ("dark", self.w.scheme_dark()),
        ]
        .map(|(code, name)| (code, name, code == self.scheme))
        .to_vec()
    }
}

/// A message in whatever language.
type Message = fn(Words) -> &'static str;

/// The menu: each is shown to those who may go there.
const MENU: &[(&str, Message)] = &[
    ("/console", Words::nav_console),
    ("/calls", Words::nav_calls),
    ("/dashboard", Words::nav_numbers),
    // The shop's work.
    ("/tickets", Words::nav_tickets),
    ("/day", Words::nav_day),
    ("/orders", Words::nav_orders),
    ("/customers", Words::nav_customers),
    ("/stock", Words::nav_stock),
    ("/try", Words::nav_try),
    ("/alerts", Words::nav_alerts),
    ("/settings", Words::nav_settings),
];

/// The menu of the office.
const OFFICE: &[(&str, Message)] = &[
    ("/quality", Words::nav_quality),
    ("/prompts", Words::nav_prompts),
    ("/knowledge", Words::nav_knowledge),
    ("/users", Words::nav_people),
    ("/audit", Words::nav_audit),
    ("/tokens", Words::nav_tokens),
    ("/webhooks", Words::nav_webhooks),
];

/// A template as an answer.
pub fn html(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
