//! What strangers say and write comes onto pages as text, never as a part of them.

use super::{Browser, StatusCode, office};
use treadline::db::desk::users::Role;
use treadline::ids::TenantId;
use uuid::Uuid;

/// What a browser would run or load if it got onto a page as it is.
pub(super) fn payloads() -> Vec<String> {
    let tags = [
        "script", "img", "svg", "iframe", "object", "embed", "body", "input", "video", "audio",
        "details", "marquee", "form", "math", "style", "link", "meta", "base", "template", "a",
    ];
    let handlers = ["onerror", "onload", "onclick", "onfocus", "ontoggle", "onmouseover"];
    let mut all: Vec<String> = Vec::new();
    for tag in tags {
        all.push(format!("<{tag}>alert(1)</{tag}>"));
        all.push(format!("<{tag} src=x onerror=alert(1)>"));
        all.push(format!("</{tag}><{tag}/onload=alert(1)//"));
    }
    for handler in handlers {
        all.push(format!("\" {handler}=\"alert(1)"));
        all.push(format!("' {handler}='alert(1)"));
        all.push(format!("x {handler}=alert(1) y"));
        all.push(format!("<b {handler}=alert(1)>&quot;"));
    }
    let others = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "</textarea><script>alert(1)</script>",
        "--><script>alert(1)</script>",
        "]]><script>alert(1)</script>",
        "{{constructor.constructor('alert(1)')()}}",
        "${alert(1)}",
        "<%= 7*7 %>",
        "{% raw %}<script>{% endraw %}",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)",
        "\u{ff1c}script\u{ff1e}alert(1)",
        "<scr\u{0}ipt>",
        "<\u{a0}script>",
        "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
        "\r\ndata: <script>alert(1)</script>\r\n\r\n",
        "\rid: 9\revent: reset\r\r",
        "\u{202e}<script>alert(1)</script>",
        "😀\"'><script>alert(1)</script>",
    ];
    all.extend(others.map(|text| text.replace('\0', "")));
    all
}

/// Every tag that our templates write.
const TAGS: &str = " !doctype html head meta title link script body a header nav ul li span details \
    summary div p form input label select option button main footer h1 h2 section ol time br code \
    pre svg line text rect g path circle desc caption table thead tbody tr th td aside dl dt dd strong \
     textarea ";

/// The attributes of a tag, as a browser reads them; a value without quotes is none of ours.
fn attributes(inside: &str) -> Vec<(&str, &str)> {
    let mut rest = inside.split_once([' ', '\n']).map_or("", |(_, rest)| rest).trim();
    let mut found = Vec::new();
    while !rest.is_empty() && rest != "/" {
        let end = rest.find(['=', ' ', '\n']).unwrap_or(rest.len());
        let name = &rest[..end];
        rest = &rest[end..];
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let (inner, after) = quoted.split_once('"').unwrap_or((quoted, ""));
            (value, rest) = (inner, after);
        } else if rest.starts_with('=') {
            (value, rest) = rest.split_at(rest.find([' ', '\n']).unwrap_or(rest.len()));
        }
        found.push((name, value));
        rest = rest.trim_start();
    }
    found
}

/// A tag, an attribute or an address on the page that we did not write.
pub(super) fn wound(page: &str) -> Option<String> {
    let page = page.to_lowercase();
    for tag in page.split('<').skip(1) {
        let inside = tag.split('>').next().unwrap_or_default();
        let name =
            inside.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default();
        if name.is_empty() || !TAGS.contains(&format!(" {name} ")) {
            return Some(format!("tag {inside}"));
        }
        for (attribute, value) in attributes(inside) {
            let plain =
                attribute.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit());
            let bad = attribute.starts_with("on") || ["style", "srcdoc"].contains(&attribute);
            let leads = ["href", "src", "action"].contains(&attribute);
            if !plain || bad || (leads && !value.starts_with(['/', '#'])) {
                return Some(format!("attribute {attribute} of {inside}"));
            }
        }
    }
    let scripts = page.matches("<script").count();
    (scripts != 1).then(|| format!("{scripts} scripts"))
}

#[test]
fn a_wounded_page_is_told_from_a_whole_one() {
    let page = |inside: &str| format!("<!doctype html><script src=\"/a\"></script><p>{inside}</p>");
    assert_eq!(wound(&page("x onerror=alert(1) &#60;b&#62;<a href=\"/calls\">y</a>")), None);
    for bad in [
        "<script>",
        "<img src=\"/x\">",
        "<p onclick=\"x\">",
        "<p title=\"\" onclick=x>",
        "<a href=\"javascript:x\">",
        "<a href=\"https://evil.example\">",
        "<p style=\"x\">",
    ] {
        assert!(wound(&page(bad)).is_some(), "{bad}");
    }
}

pub(super) async fn assert_whole(browser: &Browser, path: &str, payload: &str) {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    if let Some(wound) = wound(&page.text) {
        panic!("{payload:?} came onto {path} as a part of it: {wound}");
    }
}

#[tokio::test]
async fn what_a_caller_says_or_is_called_stays_text_on_every_page() {
    let Some(office) = office().await else { return };
    let payloads = payloads();
    assert!(payloads.len() >= 100, "{} payloads", payloads.len());
    let browser = office.signed_in(Role::Operator).await;
    let mut owner = office.db.owner().await;
    for payload in &payloads {
        let call = office.call(TenantId::DEFAULT, office.clock.now(), payload).await;
        // Every other text of a call that comes from outside.
        sqlx::query(
            "with moved as (insert into call_transfers (id, tenant_id, call_id, call_started_at, \
                 attempt, kind, target, reason, summary, requested_at) \
                 select gen_random_uuid(), tenant_id, id, started_at, 1, 'blind', $2, $2, $2, \
                     started_at from calls where id = $1) \
             update calls set caller_id = $2, called_number = $2, scenario = $2, intents = array[$2], \
                 transfer_reason = $2, prompt_version = $2, node = $2, \
                 cost_breakdown = jsonb_build_object($2::text, 1) where id = $1",
        )
        .bind(call)
        .bind(payload)
        .execute(&mut owner)
        .await
        .unwrap();
        assert_whole(&browser, &format!("/calls/{call}"), payload).await;
    }
    assert_whole(&browser, "/calls", "all of them").await;
    let analyst = office.signed_in(Role::Analyst).await;
    for path in ["/dashboard", "/dashboard?span=week", "/dashboard/latency", "/calls"] {
        assert_whole(&analyst, path, "all of them").await;
    }
}

#[tokio::test]
async fn what_somebody_writes_into_an_address_stays_text() {
    let Some(office) = office().await else { return };
    let browser = office.signed_in(Role::Operator).await;
    let stranger = office.browser();
    for payload in payloads().iter().filter(|text| text.chars().count() <= 100) {
        let text = super::encoded(&[("x", payload)]);
        let text = text.strip_prefix("x=").unwrap();
        assert_whole(&browser, &format!("/calls?words={text}&scenario={text}"), payload).await;
        assert_whole(&stranger, &format!("/login?next={text}"), payload).await;
    }
}

#[tokio::test]
async fn the_name_of_an_account_stays_text() {
    let Some(office) = office().await else { return };
    let browser = office.signed_in(Role::Operator).await;
    let mut owner = office.db.owner().await;
    for payload in payloads().iter().filter(|text| text.chars().count() <= 120).step_by(5) {
        sqlx::query("update dashboard.users set name = $1")
            .bind(payload)
            .execute(&mut owner)
            .await
            .unwrap();
        sqlx::query("update tenants set name = $1")
            .bind(payload)
            .execute(&mut owner)
            .await
            .unwrap();
        assert_whole(&browser, "/calls", payload).await;
    }
    let none = browser.get(&format!("/calls/{}", Uuid::nil())).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert_eq!(wound(&none.text), None);
}
