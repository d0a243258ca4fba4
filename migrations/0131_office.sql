-- What the shop's people change at their desk: the same rows as the agent's changes, under the word
-- of a user instead of a caller's yes.

-- An agreement is a caller's, in a call, or a user's, without one.
alter table approvals
    alter column call_id drop not null,
    alter column call_started_at drop not null,
    add constraint approvals_whose_check check (
        call_id is not null and call_started_at is not null
        or approved_by is not null and approved_by <> 'customer');
alter table fitting_booking_changes alter column call_id drop not null;

-- The list of orders: newest first.
create index orders_created_at_idx on orders (tenant_id, created_at desc, id desc);
create index customers_seen_at_idx
    on customers (tenant_id, (coalesce(last_call_at, created_at)) desc, id desc);

grant select on fitting_booking_changes, fitting_station_hours, fitting_closures,
    storage_contracts, pickup_points, products, customer_memory, customer_identities,
    wishlist, integration_sync_logs, dashboard.audit_log
    to dashboard_reader;
