//! An effect is made and its answer does not come in time. Before anything else is changed, it is
//! found out what became of it: one wish never makes two fittings.

use crate::races::proxy::Proxy;
use crate::races::shop::{OLENA, Shop, scope};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::sync::Arc;
use treadline::db;
use treadline::ids::{effect_key, row_id};
use treadline::language::Language;
use treadline::store::PostgresStore;
use treadline::tools::{Refusal, ToolDesk};
use treadline::turn::Approval;

const ZONE: Tz = chrono_tz::Europe::Kyiv;

/// The tools of a call whose database is behind a proxy.
struct Late {
    shop: Shop,
    proxy: Proxy,
    desk: ToolDesk,
}

impl Late {
    /// A call that was offered the times of a Tuesday.
    async fn open() -> Option<Self> {
        let shop = Shop::open().await?;
        let proxy = Proxy::before(&shop.db.url);
        let store = Arc::new(PostgresStore::new(db::connect(&proxy.url, 6).await.unwrap(), 3));
        let front = Arc::clone(&store);
        let mut desk = ToolDesk::new(store, front, scope(1, OLENA), ZONE, Language::En);
        desk.caller_words = vec!["my name is Olena".into()];
        for (tool, args) in [
            ("get_fitting_stations", json!({ "city": "Kyiv" })),
            ("get_fitting_slots", json!({ "station_id": "100201", "date_from": "2026-11-24" })),
        ] {
            desk.run(tool, &args, None).await.unwrap();
        }
        Some(Self { shop, proxy, desk })
    }

    /// A fitting at `time` is read back, and the caller says yes.
    async fn agree(&mut self, time: &str) -> Result<Approval, (&'static str, Value)> {
        let proposal = self
            .desk
            .prepare("book_fitting", &fitting(time))
            .await
            .map_err(|refusal| said(&refusal))?;
        let key = effect_key(self.desk.scope.call, "book_fitting", &proposal.args);
        Ok(Approval {
            id: row_id(self.desk.scope.call, &key),
            tool: "book_fitting".into(),
            args: proposal.args,
            effect_key: key,
            readback_hash: "of what was heard".into(),
        })
    }

    /// What the caller agreed to is done; what the tool answers.
    async fn book(&mut self, agreed: &Approval) -> Result<Value, (&'static str, Value)> {
        self.desk
            .run("book_fitting", &agreed.args, Some(agreed))
            .await
            .map_err(|refusal| said(&refusal))
    }

    async fn times_booked(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select to_char(booking_time, 'HH24:MI') from fitting_bookings order by 1",
        )
        .fetch_all(&mut self.shop.superior().await)
        .await
        .unwrap()
    }
}

fn fitting(time: &str) -> Value {
    json!({
        "station_id": "100201", "date": "2026-11-24", "time": time,
        "customer_name": "Olena", "auto_number": "white Skoda",
    })
}

fn said(refusal: &Refusal) -> (&'static str, Value) {
    (refusal.code, refusal.to_value())
}

#[tokio::test]
async fn a_booking_that_stands_unheard_is_told_before_another_one_can_be_made() {
    let Some(mut late) = Late::open().await else { return };
    let ten = late.agree("10:00").await.unwrap();
    late.proxy.keep_commits_unheard(true);
    let (code, _) = late.book(&ten).await.unwrap_err();
    assert_eq!(code, "unknown_outcome", "nobody can say it yet");
    let (code, _) = late.agree("11:00").await.unwrap_err();
    assert_eq!(code, "unknown_outcome", "and so nothing else is changed");
    late.proxy.keep_commits_unheard(false);

    let (code, told) = late.agree("11:00").await.unwrap_err();
    assert_eq!(code, "earlier_stands");
    assert_eq!(told["earlier"]["tool"], "book_fitting");
    assert_eq!(told["earlier"]["result"]["status"], "confirmed");
    assert_eq!(told["earlier"]["result"]["time"], "10:00");
    assert_eq!(late.times_booked().await, ["10:00"]);

    // The caller knows now, and may still want both.
    let eleven = late.agree("11:00").await.unwrap();
    late.book(&eleven).await.unwrap();
    assert_eq!(late.times_booked().await, ["10:00", "11:00"]);
}

#[tokio::test]
async fn a_booking_that_nobody_waited_for_is_not_made_later() {
    let Some(mut late) = Late::open().await else { return };
    let ten = late.agree("10:00").await.unwrap();
    // The work is begun, and every question stands still before the commit.
    late.proxy.hold_after(9);
    let (code, _) = late.book(&ten).await.unwrap_err();
    assert_eq!(code, "store_away", "nothing was done, and nothing will be");
    late.proxy.release();
    let eleven = late.agree("11:00").await.unwrap();
    late.book(&eleven).await.unwrap();
    assert_eq!(late.times_booked().await, ["11:00"]);
}

#[tokio::test]
async fn a_caller_who_hangs_up_before_the_answer_is_phoned_if_the_booking_stands() {
    let Some(mut late) = Late::open().await else { return };
    let ten = late.agree("10:00").await.unwrap();
    late.proxy.keep_commits_unheard(true);
    let (code, _) = late.book(&ten).await.unwrap_err();
    assert_eq!(code, "unknown_outcome");
    assert!(!late.desk.settle_after_call().await, "nobody can say it yet");
    late.proxy.keep_commits_unheard(false);
    assert!(late.desk.settle_after_call().await);
    let note = late.shop.text("select description from tickets").await;
    assert!(note.contains("was done, but the caller does not know"), "{note}");
    assert!(note.contains("10:00"), "{note}");
    assert!(late.desk.settle_after_call().await, "once");
    assert_eq!(late.shop.count("select count(*) from tickets").await, 1);
}
