-- What happens is told to the shop's other systems. An event is written in the same transaction as
-- the row that it is about, by triggers, so that no way of writing the row can forget it.

create table dashboard.webhooks (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    url text not null,
    -- 'call.started', 'order.created', …
    events text[] not null,
    -- Deliveries to one address go one after the other: until when somebody is at it.
    busy_until timestamptz,
    removed_at timestamptz,
    created_at timestamptz not null default now(),
    constraint webhooks_pkey primary key (id),
    constraint webhooks_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint webhooks_tenant_id_id_key unique (tenant_id, id),
    constraint webhooks_url_check check (url ~ '^https?://' and length(url) <= 2000),
    constraint webhooks_events_check check (cardinality(events) > 0)
);

-- An event for one address: until it is delivered, and then what became of it.
create table dashboard.webhook_deliveries (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    webhook_id uuid not null,
    event text not null,
    occurred_at timestamptz not null,
    payload jsonb not null,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    -- One entry an attempt: at, status, error, duration_ms.
    tries jsonb not null default '[]',
    delivered_at timestamptz,
    gave_up_at timestamptz,
    created_at timestamptz not null default now(),
    constraint webhook_deliveries_pkey primary key (id),
    constraint webhook_deliveries_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint webhook_deliveries_webhook_id_fkey foreign key (tenant_id, webhook_id)
        references dashboard.webhooks (tenant_id, id) on delete cascade,
    constraint webhook_deliveries_event_check check (event ~ '^[a-z]+\.[a-z]+$'),
    constraint webhook_deliveries_end_check check (delivered_at is null or gave_up_at is null)
);
create index webhook_deliveries_due_idx
    on dashboard.webhook_deliveries (webhook_id, next_attempt_at)
    where delivered_at is null and gave_up_at is null;
create index webhook_deliveries_created_at_idx
    on dashboard.webhook_deliveries (tenant_id, created_at);

do $$
declare
    guarded text;
    own constant text := 'tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
    courier constant text := 'current_setting(''app.desk'', true) = ''webhooks''';
begin
    foreach guarded in array array['webhooks', 'webhook_deliveries'] loop
        execute format('alter table dashboard.%I enable row level security', guarded);
        execute format('alter table dashboard.%I force row level security', guarded);
        execute format('create policy %I on dashboard.%I using (%s)', guarded || '_tenant', guarded, own);
        -- Whoever delivers does so for every shop.
        execute format(
            'create policy %I on dashboard.%I using (%s)', guarded || '_courier', guarded, courier);
        execute format('grant select, insert, update, delete on dashboard.%I to treadline_app', guarded);
    end loop;
end
$$;

-- Puts an event into the way of every address that wants it.
create function dashboard.enqueue_event(
    shop uuid, event_name text, happened_at timestamptz, told jsonb)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    insert into dashboard.webhook_deliveries (tenant_id, webhook_id, event, occurred_at, payload)
    select w.tenant_id, w.id, event_name, happened_at, told
    from dashboard.webhooks w
    where w.tenant_id = shop and w.removed_at is null and event_name = any (w.events)
$$;

-- Rehearsals are nobody's business, and neither is what was long ago: a log that comes back after
-- an outage is told, a year that is brought from elsewhere is not.
create function dashboard.event_of_call()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.origin = 'live' and new.started_at > now() - interval '7 days' then
        perform dashboard.enqueue_event(
            new.tenant_id, tg_argv[0], coalesce(new.ended_at, new.started_at),
            jsonb_build_object(
                'id', new.id, 'started_at', new.started_at, 'ended_at', new.ended_at,
                'channel', new.channel, 'caller', new.caller_id, 'called', new.called_number,
                'language', new.language, 'outcome', new.outcome, 'scenario', new.scenario,
                'transfer_reason', new.transfer_reason,
                'duration_seconds', new.duration_seconds, 'order_id', new.order_id,
                'booking_id', new.fitting_booking_id));
    end if;
    return null;
end
$$;
create trigger calls_tell_started after insert on calls
    for each row execute function dashboard.event_of_call('call.started');
create trigger calls_tell_ended after update of outcome on calls
    for each row when (old.outcome is null and new.outcome is not null)
    execute function dashboard.event_of_call('call.ended');

create function dashboard.event_of_transfer()
returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
    if new.requested_at > now() - interval '7 days' and exists (
        select from calls c where c.id = new.call_id and c.started_at = new.call_started_at
            and c.origin = 'live') then
        perform dashboard.enqueue_event(
            new.tenant_id, 'call.transferred', coalesce(new.answered_at, new.ended_at),
            jsonb_build_object(
                'id', new.call_id, 'started_at', new.call_started_at, 'attempt', new.attempt,
                'kind', new.kind, 'target', new.target, 'reason', new.reason,
                'outcome', new.outcome, 'requested_at', new.requested_at,
                'answered_at', new.answered_at));
    end if;
    return null;
end
$$;
create trigger call_transfers_tell after update of outcome on call_transfers
    for each row when (
        old.outcome is null and new.outcome in ('taken', 'handed_over', 'handed_back'))
    execute function dashboard.event_of_transfer();

-- What a rehearsal sold is not told either. A call whose row is not there yet is a real one.
create function dashboard.is_rehearsed(call uuid)
returns boolean
language sql stable
set search_path = pg_catalog, public, pg_temp
as $$
    select exists (select from calls c where c.id = call and c.origin <> 'live')
$$;

create function dashboard.event_of_order()
returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
    if not dashboard.is_rehearsed(new.source_call_id) then
        perform dashboard.enqueue_event(
            new.tenant_id, tg_argv[0], now(),
            jsonb_build_object(
                'id', new.id, 'order_number', new.order_number, 'status', new.status,
                'phone', new.phone, 'phone_verified', new.phone_verified,
                'recipient', new.recipient, 'items', new.items, 'total', new.total::text,
                'currency', new.currency, 'delivery_type', new.delivery_type,
                'payment_method', new.payment_method, 'source', new.source,
                'call_id', new.source_call_id));
    end if;
    return null;
end
$$;
-- Confirmed is what makes a draft an order.
create trigger orders_tell_inserted after insert on orders
    for each row when (new.status = 'confirmed')
    execute function dashboard.event_of_order('order.created');
create trigger orders_tell_created after update of status on orders
    for each row when (old.status = 'draft' and new.status = 'confirmed')
    execute function dashboard.event_of_order('order.created');
create trigger orders_tell_changed after update of status on orders
    for each row when (old.status not in ('draft', new.status))
    execute function dashboard.event_of_order('order.changed');

create function dashboard.event_of_booking()
returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
    if not dashboard.is_rehearsed(new.source_call_id) then
        perform dashboard.enqueue_event(
            new.tenant_id, tg_argv[0], now(),
            jsonb_build_object(
                'id', new.id, 'status', new.status, 'station_id', new.station_id,
                'booking_date', new.booking_date, 'booking_time', new.booking_time,
                'duration_minutes', new.duration_minutes, 'post', new.post,
                'service_type', new.service_type, 'customer_name', new.customer_name,
                'phone', new.phone, 'phone_verified', new.phone_verified,
                'vehicle_info', new.vehicle_info, 'price', new.price::text,
                'source', new.source, 'call_id', new.source_call_id));
    end if;
    return null;
end
$$;
create trigger fitting_bookings_tell_inserted after insert on fitting_bookings
    for each row when (new.status = 'confirmed')
    execute function dashboard.event_of_booking('booking.created');
create trigger fitting_bookings_tell_created after update of status on fitting_bookings
    for each row when (old.status = 'held' and new.status = 'confirmed')
    execute function dashboard.event_of_booking('booking.created');
create trigger fitting_bookings_tell_changed
    after update of status, booking_date, booking_time, station_id on fitting_bookings
    for each row when (
        old.status <> 'held' and (old.status, old.booking_date, old.booking_time, old.station_id)
            is distinct from (new.status, new.booking_date, new.booking_time, new.station_id))
    execute function dashboard.event_of_booking('booking.changed');

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('dashboard.webhooks', null, 'keep', 'who was told stays known'),
    ('dashboard.webhook_deliveries', 30, 'expire', 'the delivery log; holds what was told');
