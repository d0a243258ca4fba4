//! Who may do what: one line a route. A route without a line is closed to everybody.

use crate::db::desk::users::Role::{self, Admin, Analyst, Operator, SuperAdmin};

/// Who may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever comes: the way in itself.
    Anyone,
    /// Those with one of these roles.
    Only(&'static [Role]),
}

/// Everybody with an account.
const ALL: Who = Who::Only(&[SuperAdmin, Admin, Operator, Analyst]);

/// Those who look at the figures.
const FIGURES: Who = Who::Only(&[SuperAdmin, Admin, Analyst]);
/// Those who do the shop's work.
const WORKERS: Who = Who::Only(&[SuperAdmin, Admin, Operator]);
/// Those who answer for the shop.
const ADMINS: Who = Who::Only(&[SuperAdmin, Admin]);

/// The table. Paths are written as they are mounted.
pub const POLICY: &[(&str, &str, Who)] = &[
    ("GET", "/", ALL),
    ("GET", "/alerts", ALL),
    ("POST", "/alerts/{id}/seen", Who::Only(&[SuperAdmin, Admin, Operator])),
    ("GET", "/assets/{name}", Who::Anyone),
    ("GET", "/calls", ALL),
    ("GET", "/calls/{id}", ALL),
    ("GET", "/console", Who::Only(&[SuperAdmin, Admin, Operator])),
    // The operator's live work.
    ("GET", "/console/now", WORKERS),
    ("POST", "/console/presence", WORKERS),
    ("POST", "/console/pops/{id}", WORKERS),
    ("POST", "/calls/{id}/takeover", WORKERS),
    ("GET", "/dashboard", FIGURES),
    ("GET", "/dashboard/latency", FIGURES),
    ("GET", "/door/{token}", Who::Anyone),
    ("POST", "/door/{token}", Who::Anyone),
    ("GET", "/events", ALL),
    ("GET", "/grafana/treadline.json", Who::Only(&[SuperAdmin, Admin])),
    ("GET", "/login", Who::Anyone),
    ("POST", "/login", Who::Anyone),
    ("POST", "/logout", ALL),
    ("POST", "/me/look", ALL),
    // The shop's work.
    ("GET", "/tickets", WORKERS),
    ("POST", "/tickets", WORKERS),
    ("POST", "/tickets/next", WORKERS),
    ("GET", "/tickets/new", WORKERS),
    ("GET", "/tickets/{id}", WORKERS),
    ("POST", "/tickets/{id}", WORKERS),
    ("GET", "/orders", WORKERS),
    ("GET", "/orders/{id}", WORKERS),
    ("POST", "/orders/{id}", WORKERS),
    ("GET", "/bookings/{id}", WORKERS),
    ("POST", "/bookings/{id}", WORKERS),
    ("GET", "/day", ALL),
    ("GET", "/customers", WORKERS),
    ("GET", "/customers/{id}", WORKERS),
    ("POST", "/customers/{id}", WORKERS),
    ("GET", "/customers/{id}/forget", ADMINS),
    ("POST", "/customers/{id}/forget", ADMINS),
    ("GET", "/stock", WORKERS),
    ("POST", "/stock", ADMINS),
    ("GET", "/export/orders", ADMINS),
    ("GET", "/export/bookings", ADMINS),
    // The office.
    ("GET", "/users", ADMINS),
    ("POST", "/users", ADMINS),
    ("GET", "/users/{id}", ADMINS),
    ("POST", "/users/{id}", ADMINS),
    ("GET", "/me", ALL),
    ("POST", "/me/password", ALL),
    ("POST", "/me/sessions", ALL),
    ("GET", "/audit", ADMINS),
    ("GET", "/tokens", ADMINS),
    ("POST", "/tokens", ADMINS),
    ("POST", "/tokens/{id}", ADMINS),
    ("GET", "/webhooks", ADMINS),
    ("POST", "/webhooks", ADMINS),
    ("POST", "/webhooks/{id}", ADMINS),
    ("POST", "/webhooks/deliveries/{id}", ADMINS),
    ("GET", "/knowledge", ADMINS),
    ("POST", "/knowledge", ADMINS),
    ("GET", "/knowledge/{id}", ADMINS),
    ("POST", "/knowledge/{id}", ADMINS),
    ("GET", "/prompts", ADMINS),
    ("POST", "/prompts", ADMINS),
    ("GET", "/prompts/compare", ADMINS),
    ("POST", "/prompts/tests", ADMINS),
    ("POST", "/prompts/{id}", ADMINS),
    ("GET", "/quality", FIGURES),
    ("GET", "/try", Who::Only(&[SuperAdmin, Admin])),
    ("GET", "/try/voice", Who::Only(&[SuperAdmin, Admin])),
    // What the shop's people choose.
    ("GET", "/settings", FIGURES),
    ("GET", "/settings/corrections", FIGURES),
    ("POST", "/settings/corrections", ADMINS),
    ("POST", "/settings/corrections/{id}", ADMINS),
    ("GET", "/settings/{name}", FIGURES),
    ("POST", "/settings/{name}", ADMINS),
];

/// The line of a route; none: closed.
#[must_use]
pub fn line(method: &str, path: &str) -> Option<Who> {
    // A HEAD request is a GET without its body.
    let method = if method == "HEAD" { "GET" } else { method };
    POLICY.iter().find(|(m, p, _)| *m == method && *p == path).map(|(_, _, who)| *who)
}

/// True if somebody with `role` may use a route; `None`: nobody came in.
#[must_use]
pub fn allows(method: &str, path: &str, role: Option<Role>) -> bool {
    match line(method, path) {
        None => false,
        Some(Who::Anyone) => true,
        Some(Who::Only(roles)) => role.is_some_and(|role| roles.contains(&role)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::site;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_has_one_line_and_every_line_a_route() {
        let routes: Vec<_> = site().routes;
        let mounted: BTreeSet<_> = routes.iter().copied().collect();
        let lines: BTreeSet<_> = POLICY.iter().map(|(m, p, _)| (*m, *p)).collect();
        assert_eq!(mounted.len(), routes.len(), "a route is mounted twice");
        assert_eq!(lines.len(), POLICY.len(), "a route has two lines");
        assert_eq!(mounted, lines);
    }

    #[test]
    fn what_has_no_line_is_closed_to_everybody() {
        for role in Role::ALL.map(Some).into_iter().chain([None]) {
            assert!(!allows("GET", "/secret", role));
            assert!(!allows("DELETE", "/calls", role));
            assert!(!allows("POST", "/calls", role));
        }
    }

    #[test]
    fn only_the_way_in_is_open_to_strangers() {
        let open: Vec<_> =
            POLICY.iter().filter(|(m, p, _)| allows(m, p, None)).map(|(_, p, _)| *p).collect();
        assert_eq!(open, ["/assets/{name}", "/door/{token}", "/door/{token}", "/login", "/login"]);
    }
}
