//! What a day's calls left in the shop's own tables: who phoned, what was agreed and sold.

use super::rows::DayRows;
use super::write::{Statement, column};
use crate::ids::TenantId;
use sqlx::PgConnection;

pub(super) fn customers(tenant: TenantId, rows: &DayRows) -> Statement {
    let (ids, phones): (Vec<_>, Vec<_>) = rows.customers.iter().cloned().unzip();
    sqlx::query(
        "insert into customers (id, tenant_id, phone) \
         select id, $1, phone from unnest($2::uuid[], $3::text[]) rows (id, phone) \
         on conflict (tenant_id, phone) do nothing",
    )
    .bind(tenant.0)
    .bind(ids)
    .bind(phones)
}

pub(super) fn approvals(tenant: TenantId, rows: &DayRows) -> Statement {
    let rows = &rows.approvals;
    sqlx::query(
        "insert into approvals (id, tenant_id, call_id, call_started_at, tool_name, args, \
             effect_key, readback_hash, status, approved_by, approved_at, created_at) \
         select id, $1, call_id, call_started_at, tool_name, '{}', 'generated ' || id, \
                encode(sha256(id::text::bytea), 'hex'), 'approved', 'customer', at, at \
         from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::timestamptz[]) \
             rows (id, call_id, call_started_at, tool_name, at) \
         on conflict (id) do nothing",
    )
    .bind(tenant.0)
    .bind(column!(rows, id))
    .bind(column!(rows, call))
    .bind(column!(rows, call_started_at))
    .bind(column!(rows, tool))
    .bind(column!(rows, at))
}

pub(super) fn orders(tenant: TenantId, rows: &DayRows) -> Statement {
    let rows = &rows.orders;
    sqlx::query(
        "insert into orders (id, tenant_id, order_number, status, customer_id, phone, \
             phone_verified, recipient, items, subtotal, delivery_cost, delivery_type, \
             delivery_city, delivery_address, delivery_days, payment_method, source_call_id, \
             approval_id, effect_key, confirmed_at, created_at, updated_at) \
         select id, $1, nextval('order_numbers')::text, 'delivered', customer_id, phone, true, \
                'Generated', jsonb_build_array(jsonb_build_object('product_id', sku, \
                    'product_name', product, 'quantity', quantity, 'price_per_unit', price, \
                    'total', quantity * price)), \
                quantity * price, 150, 'delivery', 'Kyiv', '1 Example Street', 2, 'cod', call_id, \
                approval_id, 'generated ' || approval_id, at, at, at \
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], \
             $8::numeric[], $9::uuid[], $10::uuid[], $11::timestamptz[]) rows (id, customer_id, \
             phone, sku, product, quantity, price, call_id, approval_id, at) \
         on conflict (id) do nothing",
    )
    .bind(tenant.0)
    .bind(column!(rows, id))
    .bind(column!(rows, customer))
    .bind(column!(rows, phone))
    .bind(column!(rows, sku))
    .bind(column!(rows, product))
    .bind(column!(rows, quantity))
    .bind(column!(rows, price))
    .bind(column!(rows, call))
    .bind(column!(rows, approval))
    .bind(column!(rows, at))
}

pub(super) fn order_lines(tenant: TenantId, rows: &DayRows) -> Statement {
    let rows = &rows.orders;
    sqlx::query(
        "insert into order_items (tenant_id, order_id, line, product_id, product_name, quantity, \
             price_per_unit, created_at) \
         select $1, order_id, 1, sku, product, quantity, price, at \
         from unnest($2::uuid[], $3::text[], $4::text[], $5::int[], $6::numeric[], \
             $7::timestamptz[]) rows (order_id, sku, product, quantity, price, at) \
         on conflict do nothing",
    )
    .bind(tenant.0)
    .bind(column!(rows, id))
    .bind(column!(rows, sku))
    .bind(column!(rows, product))
    .bind(column!(rows, quantity))
    .bind(column!(rows, price))
    .bind(column!(rows, at))
}

pub(super) fn bookings(tenant: TenantId, rows: &DayRows) -> Statement {
    let rows = &rows.bookings;
    sqlx::query(
        "insert into fitting_bookings (id, tenant_id, station_id, customer_id, booking_date, \
             booking_time, duration_minutes, service_type, tire_diameter, customer_name, phone, \
             phone_verified, status, attended, price, source_call_id, approval_id, effect_key, \
             created_at, updated_at) \
         select id, $1, station_id, customer_id, day, at_time, 30, service, diameter, 'Generated', \
                phone, true, status, status = 'completed', price, call_id, approval_id, \
                'generated ' || approval_id, at, at \
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::date[], $6::time[], $7::text[], \
             $8::int2[], $9::text[], $10::text[], $11::numeric[], $12::uuid[], $13::uuid[], \
             $14::timestamptz[]) rows (id, station_id, customer_id, day, at_time, service, \
             diameter, phone, status, price, call_id, approval_id, at) \
         on conflict (id) do nothing",
    )
    .bind(tenant.0)
    .bind(column!(rows, id))
    .bind(column!(rows, station))
    .bind(column!(rows, customer))
    .bind(column!(rows, day))
    .bind(column!(rows, time))
    .bind(column!(rows, service))
    .bind(column!(rows, diameter))
    .bind(column!(rows, phone))
    .bind(column!(rows, status))
    .bind(column!(rows, price))
    .bind(column!(rows, call))
    .bind(column!(rows, approval))
    .bind(column!(rows, at))
}

/// How often each person phoned, and when first and last.
pub(super) async fn totals_of_customers(
    conn: &mut PgConnection,
    node: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("set local statement_timeout = '10min'").execute(&mut *conn).await?;
    sqlx::query(
        "update customers set total_calls = theirs.calls, first_call_at = theirs.first_at, \
             last_call_at = theirs.last_at, created_at = theirs.first_at \
         from (select customer_id, count(*)::int as calls, min(started_at) as first_at, \
                      max(started_at) as last_at \
               from calls where node = $1 and customer_id is not null group by 1) theirs \
         where customers.id = theirs.customer_id",
    )
    .bind(node)
    .execute(conn)
    .await?;
    Ok(())
}
