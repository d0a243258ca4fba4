//! What a conversation must have left in the database.

use crate::endpoint::CALLER;
use crate::endpoint::database::TestDb;
use sqlx::PgConnection;
use treadline::ids::TenantId;
use treadline::language::Language;

/// One figure or text of the default shop.
async fn ask(owner: &mut PgConnection, sql: &'static str) -> String {
    let found: Option<String> = sqlx::query_scalar(sql)
        .fetch_one(owner)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    found.unwrap_or_default()
}

pub async fn hold(db: &TestDb, language: Language) {
    let mut owner = db.owner().await;
    sqlx::query("select set_config('app.tenant_id', $1, false)")
        .bind(TenantId::DEFAULT.0.to_string())
        .execute(&mut owner)
        .await
        .expect("the shop is set");
    let name = match language {
        Language::En => "John Smith",
        Language::Uk => "Іван",
        Language::Ru => "Иван",
    };
    let order = ask(
        &mut owner,
        "select string_agg(concat_ws(' | ', o.status, i.quantity, i.product_name, \
             o.total = i.quantity * p.price, o.delivery_type, w.city, \
             o.payment_method, o.recipient, o.phone, o.phone_verified, o.order_number <> ''), '; ') \
         from orders o join order_items i on i.order_id = o.id \
             join products p on p.sku = i.product_id \
             join pickup_points w on w.id = o.pickup_point_id \
             join calls c on c.id = o.source_call_id and c.order_id = o.id",
    )
    .await;
    let bought = "confirmed | 4 | Michelin Alpin 6 205/55 R16 | t | pickup | Kyiv | cod";
    assert_eq!(order, format!("{bought} | {name} | {CALLER} | t | t"));
    let booking = ask(
        &mut owner,
        "select string_agg(concat_ws(' | ', b.status, s.external_code, b.customer_name, b.phone, \
             b.tire_diameter, coalesce(b.linked_order_id = o.id, false), \
             coalesce(c.fitting_booking_id = b.id, false)), '; ') \
         from fitting_bookings b join fitting_stations s on s.id = b.station_id \
             join calls c on c.id = b.source_call_id left join orders o on o.source_call_id = c.id",
    )
    .await;
    assert_eq!(booking, format!("confirmed | 300401 | {name} | {CALLER} | 16 | t | t"));
    let approvals = ask(
        &mut owner,
        "select string_agg(tool_name || ' ' || status || ' by ' || approved_by, '; ' \
             order by created_at) from approvals",
    )
    .await;
    assert_eq!(approvals, "confirm_order approved by customer; book_fitting approved by customer");
    let call = ask(
        &mut owner,
        "select string_agg(concat_ws(' | ', outcome, channel, origin, language), '; ') from calls",
    )
    .await;
    assert_eq!(call, format!("resolved | chat | test | {}", language.code()));
}
