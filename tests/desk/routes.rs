//! Every route with every role, and what every answer tells the browser.

use super::{Method, Office, StatusCode, encoded, form_headers, office};
use reqwest::header::{self, HeaderMap};
use treadline::db::desk::users::Role;
use treadline::desk::policy::{self, POLICY, Who};
use treadline::desk::site;
use treadline::ids::TenantId;
use uuid::Uuid;

/// The route with something in the place of its parts.
fn filled(path: &str, call: Uuid) -> String {
    path.replace("{id}", &call.to_string()).replace("{token}", "none").replace("{name}", "none")
}

/// The refusal of who may not pass: a page that says so, or the way to the sign-in page.
fn is_refused(status: StatusCode, location: &str) -> bool {
    status == StatusCode::FORBIDDEN || location.starts_with("/login")
}

async fn ask(
    office: &Office,
    role: Option<Role>,
    tenant: TenantId,
    (method, path): (&str, &str),
) -> (StatusCode, String) {
    // A browser of its own: signing out is a route, too.
    let browser = match role {
        Some(role) => office.signed_in_at(role, tenant).await,
        None => office.browser(),
    };
    let token = match role {
        Some(_) => browser.get("/calls").await.form_token(),
        None => browser.get("/login").await.form_token(),
    };
    let mut headers = form_headers();
    headers.insert(header::ORIGIN, browser.base.parse().unwrap());
    let body = encoded(&[("form_token", &token)]);
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let answer = browser.send(method, path, headers, body).await;
    (answer.status, answer.location().to_owned())
}

#[tokio::test]
async fn every_route_lets_in_whom_its_line_names_and_nobody_else() {
    let Some(office) = office().await else { return };
    let call = office.call(TenantId::DEFAULT, office.clock.now(), "шини").await;
    let mut walked = 0;
    for (method, path) in site().routes {
        for role in Role::ALL.map(Some).into_iter().chain([None]) {
            let path_asked = filled(path, call);
            let (status, location) =
                ask(&office, role, TenantId::DEFAULT, (method, &path_asked)).await;
            let allowed = policy::allows(method, path, role);
            let at_the_door = path == "/logout" && allowed;
            assert_eq!(
                is_refused(status, &location) && !at_the_door,
                !allowed,
                "{method} {path} as {role:?}: {status} {location}"
            );
            assert!(!status.is_server_error(), "{method} {path} as {role:?}: {status}");
            walked += 1;
        }
    }
    assert_eq!(walked, POLICY.len() * 5);
}

#[tokio::test]
async fn somebody_of_another_shop_finds_nothing_of_this_one() {
    let Some(office) = office().await else { return };
    let call = office.call(TenantId::DEFAULT, office.clock.now(), "таємниця").await;
    let other = office.other_shop().await;
    for (method, path) in site().routes {
        if !path.contains("{id}") || matches!(policy::line(method, path), Some(Who::Anyone)) {
            continue;
        }
        for role in [Role::Admin, Role::Operator, Role::Analyst] {
            let (status, _) = ask(&office, Some(role), other, (method, &filled(path, call))).await;
            let nothing = [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&status);
            assert!(nothing, "{method} {path} as {role}: {status}");
        }
    }
    let browser = office.signed_in_at(Role::Admin, other).await;
    let list = browser.get("/calls").await;
    assert!(!list.text.contains(&call.to_string()));
    assert_eq!(office.noted("transcript.read").await, 0);
}

#[tokio::test]
async fn every_answer_carries_the_headers_and_no_page_a_style_or_a_handler() {
    let Some(office) = office().await else { return };
    let call = office.call(TenantId::DEFAULT, office.clock.now(), "шини").await;
    let browser = office.signed_in(Role::SuperAdmin).await;
    let mut paths: Vec<String> =
        site().routes.iter().filter(|(m, _)| *m == "GET").map(|(_, p)| filled(p, call)).collect();
    paths.extend(["/live", "/ready", "/metrics", "/nothing", "/calls/x"].map(str::to_owned));
    let page = browser.get("/calls").await.text;
    let files: Vec<String> =
        page.split('"').filter(|text| text.starts_with("/assets/")).map(str::to_owned).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    paths.extend(files.clone());
    for path in paths {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, "text/html".parse().unwrap());
        let answer = browser.send(Method::GET, &path, headers, String::new()).await;
        let header = |name: &str| answer.headers.get(name).map_or("", |v| v.to_str().unwrap());
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}"
        );
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        // Only where somebody speaks with the agent.
        let microphone = if path == "/try" { "microphone=(self)," } else { "microphone=()," };
        assert!(header("permissions-policy").starts_with(microphone), "{path}");
        if files.contains(&path) {
            assert_eq!(header("cache-control"), "public, max-age=31536000, immutable", "{path}");
            assert_eq!(answer.status, StatusCode::OK);
            continue;
        }
        if header("content-type").starts_with("text/html") {
            assert_eq!(header("cache-control"), "no-store", "{path}");
            let text = answer.text.to_lowercase();
            for forbidden in
                [" style=", "<style", " onclick", " onload", "javascript:", "://", "<script>"]
            {
                assert!(!text.contains(forbidden), "{path} holds {forbidden}");
            }
            if path == "/console/now" {
                continue; // A piece of the console that its script fetches anew.
            }
            assert!(text.contains("<html lang=\""), "{path}");
            assert!(text.contains("href=\"#main\"") && text.contains("id=\"main\""), "{path}");
        }
    }
}
