-- Old rows go: what the lines of housekeeping.retention say is done by the functions below.
--
-- Days are days of 24 hours and months are months in UTC, so neither a summer night nor the length
-- of a month moves a limit.

alter table housekeeping.retention
    -- The key under [retention] of the configuration that sets keep_days; null: this line alone.
    add column setting text,
    -- What a row's age is counted from; only where rows are deleted one by one.
    add column age_column text,
    -- The table whose rows take these with them.
    add column goes_with text,
    add constraint retention_goes_with_check check (goes_with is null or action = 'delete');

update housekeeping.retention line
set setting = set_by.setting, age_column = set_by.age_column, goes_with = set_by.goes_with
from (values
    ('approvals', 'orders_days', 'created_at', null),
    ('fitting_bookings', 'orders_days', 'created_at', null),
    ('fitting_booking_changes', 'orders_days', null, 'fitting_bookings'),
    ('orders', 'orders_days', 'created_at', null),
    ('order_items', 'orders_days', null, 'orders'),
    ('tickets', 'orders_days', 'created_at', null),
    ('ticket_messages', 'orders_days', null, 'tickets'),
    ('wishlist', null, 'created_at', null),
    ('integration_sync_logs', null, 'started_at', null),
    ('call_registrations', null, 'expires_at', null)
) set_by (table_name, setting, age_column, goes_with)
where line.table_name = set_by.table_name;

-- Not a table, but kept for so long all the same.
insert into housekeeping.retention (table_name, keep_days, action, reason, setting) values
    ('(soft deleted)', 30, 'expire', 'what was hidden can be brought back for so long',
        'soft_delete_days');

-- Looked for when an order or a booking goes, or rows that were hidden.
create index idx_calls_order_id on calls (order_id) where order_id is not null;
create index idx_calls_fitting_booking_id on calls (fitting_booking_id)
    where fitting_booking_id is not null;
create index idx_calls_deleted_at on calls (deleted_at) where deleted_at is not null;

-- Which setting a line obeys. A table that comes later need not say it if it goes by months.
create function housekeeping.retention_setting(line housekeeping.retention)
returns text
language sql immutable
set search_path = pg_catalog
as $$
    select coalesce(line.setting, case line.action
        when 'drop_month' then 'turns_days' when 'anonymise' then 'calls_days' end)
$$;

-- Puts the configuration's days into the lines: from then on they are the only truth.
create function housekeeping.set_retention(days jsonb)
returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
    update housekeeping.retention line
    set keep_days = (days ->> housekeeping.retention_setting(line))::int
    where line.action <> 'keep' and days ? housekeeping.retention_setting(line)
      and line.keep_days is distinct from (days ->> housekeeping.retention_setting(line))::int
$$;

-- The moment before which rows of a line are too old. A machine whose clock runs ahead must not
-- throw away what is young: this server's clock is the latest that counts.
create function housekeeping.too_old_before(wanted text, at timestamptz)
returns timestamptz
language sql stable
set search_path = pg_catalog
as $$
    select least(at, clock_timestamp()) - line.keep_days * interval '24 hours'
    from housekeeping.retention line
    where line.table_name = wanted and line.keep_days is not null
$$;

-- Drops the oldest month of `parent` if its last moment is too old, else what is too old in the
-- default partition. No row if there is nothing to do: call again until then.
--
-- One month a transaction and no long wait for a lock, as in ensure_month.
create function housekeeping.drop_expired(parent text, at timestamptz)
returns table (from_at timestamptz, rows_count bigint)
language plpgsql
security definer
set search_path = public, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO'
set lock_timeout = '400ms'
as $$
declare
    cutoff constant timestamptz := housekeeping.too_old_before(parent, at);
    oldest record;
    fallback regclass;
    control text;
begin
    if not exists (
        select from housekeeping.retention line
        where line.table_name = parent and line.action = 'drop_month'
    ) then
        raise exception 'months of % are not to be dropped', parent;
    end if;
    perform pg_advisory_xact_lock(hashtext('treadline.ensure_month'), hashtext(parent));
    select have.* into oldest from housekeeping.partition_bounds(parent) have
    where have.to_at <= cutoff order by have.from_at limit 1;
    if found then
        execute format('select count(*) from %s', oldest.partition) into rows_count;
        execute format('drop table %s', oldest.partition);
        from_at := oldest.from_at;
        return next;
        return;
    end if;
    select p.partdefid::regclass, a.attname into fallback, control
    from pg_partitioned_table p
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    where p.partrelid = to_regclass(parent) and p.partdefid <> 0;
    if fallback is not null then
        execute format('delete from %s where %I < $1', fallback, control)
            using date_trunc('month', cutoff);
        get diagnostics rows_count = row_count;
        if rows_count > 0 then
            return next;
        end if;
    end if;
end
$$;

-- Of a call's own notes what names nobody: yes or no, and small numbers.
create function housekeeping.without_people(meta jsonb)
returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog
as $$
    select coalesce(jsonb_object_agg(kept.key, kept.value), '{}')
    from jsonb_each(meta) kept
    where jsonb_typeof(kept.value) = 'boolean'
       or (jsonb_typeof(kept.value) = 'number' and length(kept.value::text) < 7)
$$;

-- Takes the people out of the oldest month of `calls` that is too old as a whole and still has
-- any; then of such rows in the default partition. No row if there is nothing to do.
create function housekeeping.anonymise_calls(at timestamptz)
returns table (from_at timestamptz, rows_count bigint)
language plpgsql
security definer
set search_path = public, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO'
set lock_timeout = '400ms'
as $$
declare
    cutoff constant timestamptz := housekeeping.too_old_before('calls', at);
    month record;
begin
    -- The partitions themselves: row security stands on the parent, and this is for every shop.
    for month in
        select have.partition, have.from_at from housekeeping.partition_bounds('calls') have
        where have.to_at <= cutoff
        union all
        select p.partdefid::regclass, null from pg_partitioned_table p
        where p.partrelid = 'calls'::regclass and p.partdefid <> 0
        order by 2
    loop
        execute format(
            'update %s set caller_id = case when caller_id is not null then ''DELETED'' end, '
            'customer_id = null, summary = null, csat_comment = null, asterisk_channel_id = null, '
            'meta = housekeeping.without_people(meta) '
            'where started_at < date_trunc(''month'', $1) and (caller_id <> ''DELETED'' '
            'or customer_id is not null or summary is not null or csat_comment is not null '
            'or asterisk_channel_id is not null or meta <> housekeeping.without_people(meta))',
            month.partition)
        using cutoff;
        get diagnostics rows_count = row_count;
        if rows_count > 0 then
            from_at := month.from_at;
            return next;
            return;
        end if;
    end loop;
end
$$;

-- Deletes the rows of the set tenant that are too old, of a table whose line says `delete`. What
-- something younger still rests on (an agreement under a booking) waits for that.
create function housekeeping.delete_expired(wanted text, at timestamptz)
returns bigint
language plpgsql
set search_path = public, pg_temp
as $$
declare
    cutoff constant timestamptz := housekeeping.too_old_before(wanted, at);
    age text;
    gone bigint := 0;
    row_id tid;
begin
    select coalesce(line.age_column, 'created_at') into strict age
    from housekeeping.retention line
    where line.table_name = wanted and line.action = 'delete' and line.goes_with is null;
    begin
        execute format('delete from %I where %I < $1', wanted, age) using cutoff;
        get diagnostics gone = row_count;
    exception when foreign_key_violation then
        for row_id in
            execute format('select ctid from %I where %I < $1', wanted, age) using cutoff
        loop
            begin
                execute format('delete from %I where ctid = $1', wanted) using row_id;
                gone := gone + 1;
            exception when foreign_key_violation then
                null;
            end;
        end loop;
    end;
    return gone;
end
$$;

-- Deletes for good the calls and customers of the set tenant that were hidden too long ago, with
-- everything that belongs to them.
create function housekeeping.purge_deleted(at timestamptz)
returns bigint
language plpgsql
set search_path = public, pg_temp
as $$
declare
    cutoff constant timestamptz := housekeeping.too_old_before('(soft deleted)', at);
    victim record;
    part text;
    gone bigint;
    people bigint;
begin
    for victim in select id, started_at from calls where deleted_at < cutoff loop
        for part in
            select parent from housekeeping.partition_templates where parent <> 'calls'
        loop
            execute format('delete from %I where call_started_at = $1 and call_id = $2', part)
                using victim.started_at, victim.id;
        end loop;
    end loop;
    delete from calls where deleted_at < cutoff;
    get diagnostics gone = row_count;
    delete from customers where deleted_at < cutoff;
    get diagnostics people = row_count;
    return gone + people;
end
$$;

revoke execute on function housekeeping.set_retention(jsonb) from public;
revoke execute on function housekeeping.drop_expired(text, timestamptz) from public;
revoke execute on function housekeeping.anonymise_calls(timestamptz) from public;
grant execute on function housekeeping.set_retention(jsonb) to treadline_app;
grant execute on function housekeeping.drop_expired(text, timestamptz) to treadline_app;
grant execute on function housekeeping.anonymise_calls(timestamptz) to treadline_app;
