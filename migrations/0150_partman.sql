-- Months by pg_partman, where the server has that extension and somebody gave it our tables
-- (`treadline partitions --adopt-pg-partman`). Without it nothing here does anything.
--
-- It then makes the months ahead. What it does not do stays ours: a month on demand, draining the
-- default partition before it stands in the way, letting old months go. All of that knows months by
-- their bounds; only their names must be pg_partman's, because it reads them.

-- The extension's schema; null where it is not.
create function housekeeping.partman_schema()
returns text
language sql stable
set search_path = pg_catalog
as $$
    select ns.nspname::text from pg_extension e join pg_namespace ns on ns.oid = e.extnamespace
    where e.extname = 'pg_partman'
$$;

-- How pg_partman writes a month in the name of a partition; null if the table is not its own.
create function housekeeping.partman_format(parent text)
returns text
language plpgsql
stable
security definer
set search_path = public, pg_temp
as $$
declare
    partman constant text := housekeeping.partman_schema();
    written text;
begin
    if partman is null then
        return null;
    end if;
    execute format('select datetime_string from %I.part_config where parent_table = $1', partman)
        into written using 'public.' || parent;
    return written;
end
$$;

-- As in 0006; the name is pg_partman's where that has the table.
create or replace function housekeeping.ensure_month(parent text, month_day date)
returns boolean
language plpgsql
security definer
set search_path = public, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO'
set lock_timeout = '400ms'
as $$
declare
    month_from constant timestamptz := date_trunc('month', month_day::timestamp) at time zone 'UTC';
    month_to constant timestamptz :=
        (date_trunc('month', month_day::timestamp) + interval '1 month') at time zone 'UTC';
    shape text;
    partition text;
begin
    if exists (
        select from housekeeping.partition_bounds(parent) have
        where have.from_at <= month_from and have.to_at >= month_to
    ) then
        return false;
    end if;

    perform pg_advisory_xact_lock(hashtext('treadline.ensure_month'), hashtext(parent));
    if exists (
        select from housekeeping.partition_bounds(parent) have
        where have.from_at <= month_from and have.to_at >= month_to
    ) then
        return false;
    end if;

    select template into shape
    from housekeeping.partition_templates known where known.parent = ensure_month.parent;
    if shape is null then
        raise exception 'there is no partition template for the table %', parent
            using hint = 'Run: treadline migrate';
    end if;
    partition := parent || coalesce(
        '_p' || to_char(month_from, housekeeping.partman_format(parent)),
        to_char(month_from, '_YYYY_MM'));
    -- A table of that name that is not this month (put aside by hand, say) is left alone.
    if to_regclass(format('public.%I', partition)) is not null then
        partition := partition || '_' || substr(md5(random()::text), 1, 6);
    end if;

    shape := replace(shape, '{partition}', format('%I', partition));
    shape := replace(shape, '{from}', quote_literal(month_from));
    shape := replace(shape, '{to}', quote_literal(month_to));
    execute shape;
    return true;
end
$$;

-- Gives a table to pg_partman, of the lines 4 (native partitions) and 5: its months get their names,
-- gaps between them are filled. True if it did, false if the table was pg_partman's already. For the
-- owner of the tables, who must be allowed to use the extension's schema.
create function housekeeping.adopt_partman(parent text, months_ahead integer)
returns boolean
language plpgsql
set search_path = public, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO'
set lock_timeout = '10s'
-- It warns if it had no month to make.
set client_min_messages = 'error'
as $$
declare
    partman constant text := housekeeping.partman_schema();
    whole constant text := 'public.' || parent;
    control text;
    fallback text;
    old boolean;
    month record;
    first_month timestamptz;
begin
    if partman is null then
        raise exception 'this database has no pg_partman'
            using hint = 'Run as a superuser: create schema partman; '
                || 'create extension pg_partman schema partman';
    end if;
    if housekeeping.partman_format(parent) is not null then
        return false;
    end if;
    if not exists (
        select from housekeeping.partition_templates known where known.parent = adopt_partman.parent
    ) then
        raise exception 'the table % does not grow by months', parent;
    end if;
    -- The line 4 wants a default partition of its own making, the line 5 can be told not to.
    old := not exists (
        select from pg_proc p join pg_namespace ns on ns.oid = p.pronamespace
        where ns.nspname = partman and p.proname = 'create_parent'
          and 'p_default_table' = any (p.proargnames)
    );
    execute format('lock table %I in access exclusive mode', parent);

    select a.attname, p.partdefid::regclass::text into control, fallback
    from pg_partitioned_table p
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    where p.partrelid = to_regclass(whole);

    for month in select partition, from_at from housekeeping.partition_bounds(parent) loop
        execute format('alter table %s rename to %I', month.partition,
            parent || '_p' || to_char(month.from_at, case when old then 'YYYY_MM' else 'YYYYMMDD' end));
        first_month := least(first_month, month.from_at);
    end loop;
    first_month := coalesce(first_month, date_trunc('month', now()));

    if old then
        execute format('alter table %I detach partition %s', parent, fallback);
        execute format('alter table %s rename to %I', fallback, parent || '_kept_default');
        execute format(
            'select %I.create_parent(p_parent_table => $1, p_control => $2, p_type => ''native'', '
            'p_interval => ''monthly'', p_premake => $3, p_automatic_maintenance => ''off'', '
            'p_start_partition => $4, p_jobmon => false)', partman)
            using whole, control, months_ahead, first_month::text;
        -- It makes none if every month was there.
        execute format('drop table if exists %I', parent || '_default');
        execute format('alter table %I rename to %I', parent || '_kept_default', parent || '_default');
        execute format('alter table %I attach partition %I default', parent, parent || '_default');
    else
        execute format(
            'select %I.create_parent(p_parent_table => $1, p_control => $2, '
            'p_interval => ''1 month'', p_premake => $3, p_default_table => false, '
            'p_automatic_maintenance => ''off'', p_start_partition => $4, p_jobmon => false)',
            partman)
            using whole, control, months_ahead, first_month::text;
    end if;
    -- Months are wanted ahead of now, not of the newest row; old ones are let go by `retention`. Its
    -- own worker, which lives in the server's zone, leaves these tables alone: ours asks in UTC.
    execute format(
        'update %I.part_config set infinite_time_partitions = true, retention = null, '
        'automatic_maintenance = ''off'' where parent_table = $1', partman) using whole;
    return true;
end
$$;

-- Takes a table back: the months stay, with the names that they have.
create function housekeeping.leave_partman(parent text)
returns boolean
language plpgsql
set search_path = public, pg_temp
as $$
declare
    partman constant text := housekeeping.partman_schema();
begin
    if housekeeping.partman_format(parent) is null then
        return false;
    end if;
    execute format('delete from %I.part_config where parent_table = $1', partman)
        using 'public.' || parent;
    execute format('drop table if exists %I.%I', partman, 'template_public_' || parent);
    return true;
end
$$;

-- Lets pg_partman make the months ahead of a table that is its own; null if it is not. A lock that
-- is not free in time is said as one, so that the caller of this function tries again.
create function housekeeping.partman_maintain(parent text)
returns date[]
language plpgsql
security definer
set search_path = public, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO'
set lock_timeout = '400ms'
as $$
declare
    partman constant text := housekeeping.partman_schema();
    before timestamptz[];
begin
    if housekeeping.partman_format(parent) is null then
        return null;
    end if;
    before := array(select from_at from housekeeping.partition_bounds(parent));
    perform pg_advisory_xact_lock(hashtext('treadline.ensure_month'), hashtext(parent));
    begin
        execute format(
            'select %I.run_maintenance(p_parent_table => $1, p_analyze => false, p_jobmon => false)',
            partman) using 'public.' || parent;
    exception when raise_exception then
        -- pg_partman says every error anew, under a code of its own.
        if sqlerrm like '%lock timeout%' then
            raise exception '%', sqlerrm using errcode = '55P03';
        end if;
        raise;
    end;
    return array(
        select from_at::date from housekeeping.partition_bounds(parent)
        where from_at <> all (before) order by 1);
end
$$;

revoke execute on function housekeeping.partman_format(text) from public;
revoke execute on function housekeeping.adopt_partman(text, integer) from public;
revoke execute on function housekeeping.leave_partman(text) from public;
revoke execute on function housekeeping.partman_maintain(text) from public;
grant execute on function housekeeping.partman_format(text) to treadline_app;
grant execute on function housekeeping.partman_maintain(text) to treadline_app;
