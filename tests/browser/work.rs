//! Somebody's work at the desk: in, watch a call, find it afterwards, out.

use super::page::Page;
use super::stage::{PASSWORD, Stage};
use crate::support::agent::{Setup, says, test};
use serde_json::json;
use treadline::db::desk::users::Role;
use treadline::desk::words::{Tongue, Words};

const EN: Words = Words(Tongue::En);
const UK: Words = Words(Tongue::Uk);
const EMAIL: &str = "olena@shop.example";

/// Fills in the form of the front door.
async fn sign_in(page: &mut Page, password: &str) {
    // The address is still there after a wrong password.
    page.js("document.querySelector('[name=email]').value = ''").await;
    page.fill("[name=email]", EMAIL).await;
    page.fill("[name=password]", password).await;
    page.follow("main button").await;
}

/// Opens the sheet with language, look and the way out.
async fn open_sheet(page: &mut Page) {
    page.click("details.me summary").await;
    page.until("document.querySelector('details.me').open").await;
}

async fn is_at(page: &mut Page, path: &str) {
    let here = page.text("location.pathname").await;
    let shown = page.text("document.body.innerText").await;
    assert_eq!(here, path, "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_signs_in_watches_a_call_as_it_is_spoken_finds_it_in_the_list_and_leaves() {
    let heard = ["Hello, I need winter tyres", "Which stations do you have?"];
    let setup = Setup { scripts: vec![says(&heard)], ..Setup::default() };
    let Some(stage) = Stage::open(setup).await else { return };
    stage.hire_with_password(EMAIL, Role::Operator, "en").await;
    let mut page = stage.tab().await;

    page.goto("/console").await;
    is_at(&mut page, "/login").await;
    sign_in(&mut page, "not the password").await;
    page.until_it_shows(EN.wrong_login()).await;
    sign_in(&mut page, PASSWORD).await;
    is_at(&mut page, "/console").await;
    page.until_it_shows(EN.stream_ok()).await;
    page.until_it_shows(EN.nobody_calls()).await;

    // The call appears by itself, and what is said in it when it is said.
    let guest = stage.agent.call(test()).await;
    let card = format!("[data-card='{}']", guest.id());
    page.until(&format!("!!document.querySelector({})", json!(card))).await;
    guest.is_greeted().await;
    guest.say("one").await;
    page.until_it_shows(heard[0]).await;

    // Its own page has all of it, and goes on.
    assert!(stage.agent.parts.flush_log().await, "the log does not reach the database");
    page.follow(&format!("{card} a")).await;
    is_at(&mut page, &format!("/calls/{}", guest.id())).await;
    page.until_it_shows(heard[0]).await;
    let lines = "document.querySelectorAll('[data-talk] .customer').length";
    page.until(&format!("{lines} === 1")).await;
    guest.say("two").await;
    page.until_it_shows(heard[1]).await;
    page.until(&format!("{lines} === 2")).await;

    // When it is over the page says how it ended.
    let id = guest.id();
    guest.call.hang_up().await;
    page.until("!document.querySelector('[data-talk]')").await;
    assert!(stage.agent.parts.flush_log().await, "the log does not reach the database");
    page.follow("nav a[href='/calls']").await;
    is_at(&mut page, "/calls").await;
    page.follow(&format!("tbody a[href*='{id}']")).await;
    let ended = "!document.querySelector('.head .badge').classList.contains('open')";
    page.until(ended).await;

    open_sheet(&mut page).await;
    page.choose(".sheet [name=tongue]", "uk").await;
    page.follow(".sheet form[action='/me/look'] button").await;
    is_at(&mut page, &format!("/calls/{id}")).await;
    assert_eq!(page.text("document.documentElement.lang").await, "uk");
    page.until_it_shows(UK.transcript()).await;

    open_sheet(&mut page).await;
    page.follow("form[action='/logout'] button").await;
    page.goto("/calls").await;
    is_at(&mut page, "/login").await;
    assert_eq!(page.faults(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_can_be_used_without_script() {
    let Some(stage) = Stage::open(Setup::default()).await else { return };
    stage.hire_with_password(EMAIL, Role::Operator, "uk").await;
    let guest = stage.agent.call(test()).await;
    guest.is_greeted().await;
    let id = guest.id();
    let mut page = stage.tab().await;
    page.forbid_script().await;

    page.goto("/calls").await;
    page.fill("[name=email]", EMAIL).await;
    page.fill("[name=password]", PASSWORD).await;
    page.follow("main button").await;
    is_at(&mut page, "/calls").await;
    page.follow("nav a[href='/console']").await;
    page.follow(&format!("[data-card='{id}'] a")).await;
    is_at(&mut page, &format!("/calls/{id}")).await;
    guest.call.hang_up().await;
    assert!(stage.agent.parts.flush_log().await, "the log does not reach the database");

    // A filter is a form that is sent and an address that can be kept.
    page.goto("/calls").await;
    let row = format!("!!document.querySelector(\"tbody a[href*='{id}']\")");
    assert_eq!(page.js(&row).await, true);
    page.choose(".filters [name=origin]", "live").await;
    page.follow(".filters button").await;
    assert_eq!(page.js(&row).await, false, "a test is shown among the live calls");

    page.click("details.me summary").await;
    page.choose(".sheet [name=scheme]", "dark").await;
    page.follow(".sheet form[action='/me/look'] button").await;
    assert_eq!(page.text("document.documentElement.dataset.scheme").await, "dark");
    page.click("details.me summary").await;
    page.follow("form[action='/logout'] button").await;
    page.goto("/calls").await;
    is_at(&mut page, "/login").await;
    assert_eq!(page.faults(), Vec::<String>::new());
}
