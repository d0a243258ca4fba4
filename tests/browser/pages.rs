//! Every page of the desk. A new page needs a line here, and is then looked at like all others.

/// Who looks at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Nobody came in.
    Stranger,
    /// An admin, who may see everything.
    Admin,
}

/// A page: the name of its picture, its address, who looks. `{call}` and the like stand for what
/// the stage has (`Stage::address`).
pub type Shown = (&'static str, &'static str, Whose);

use Whose::{Admin, Stranger};

pub const PAGES: &[Shown] = &[
    ("login", "/login", Stranger),
    ("door", "/door/{door}", Stranger),
    ("dead-link", "/door/no-such-link", Stranger),
    ("calls", "/calls", Admin),
    ("no-calls-found", "/calls?outcome=refused&words=zzz", Admin),
    ("call", "/calls/{call}", Admin),
    ("call-live", "/calls/{live}", Admin),
    ("console", "/console", Admin),
    ("dashboard", "/dashboard", Admin),
    ("dashboard-week", "/dashboard?span=week", Admin),
    ("latency", "/dashboard/latency", Admin),
    ("tickets", "/tickets", Admin),
    ("new-ticket", "/tickets/new", Admin),
    ("orders", "/orders", Admin),
    ("day", "/day", Admin),
    ("customers", "/customers", Admin),
    ("stock", "/stock", Admin),
    ("alerts", "/alerts", Admin),
    ("ticket", "/tickets/{ticket}", Admin),
    ("order", "/orders/{order}", Admin),
    ("booking", "/bookings/{booking}", Admin),
    ("customer", "/customers/{customer}", Admin),
    ("users", "/users", Admin),
    ("user", "/users/{user}", Admin),
    ("me", "/me", Admin),
    ("tokens", "/tokens", Admin),
    ("webhooks", "/webhooks", Admin),
    ("audit", "/audit", Admin),
    ("knowledge", "/knowledge?ask=%D1%88%D0%B8%D0%BD%D0%B8", Admin),
    ("article", "/knowledge/{article}", Admin),
    ("prompts", "/prompts", Admin),
    ("prompts-compare", "/prompts/compare", Admin),
    ("quality", "/quality", Admin),
    ("try", "/try", Admin),
    ("settings", "/settings", Admin),
    ("settings-hours", "/settings/hours", Admin),
    ("settings-transfers", "/settings/transfers", Admin),
    ("settings-limits", "/settings/limits", Admin),
    ("settings-greeting", "/settings/greeting", Admin),
    ("settings-corrections", "/settings/corrections?heard=shins&meant=tyres", Admin),
    ("not-found", "/calls/00000000-0000-0000-0000-000000000000", Admin),
];
