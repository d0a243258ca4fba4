-- Making months.
--
-- The program works as treadline_app, which owns no table and so cannot make a partition. These
-- functions run as the owner and do one thing each. What a month looks like stands in
-- partitions/*.sql; `treadline migrate` copies those files into housekeeping.partition_templates.

create table housekeeping.partition_templates (
    parent text not null,
    template text not null,
    updated_at timestamptz not null default now(),
    constraint partition_templates_pkey primary key (parent)
);
grant select on housekeeping.partition_templates to treadline_app;

-- The months that exist, from their bounds: a name says nothing for sure.
create function housekeeping.partition_bounds(parent text)
returns table (partition regclass, from_at timestamptz, to_at timestamptz)
language sql stable
set search_path = pg_catalog, public
set timezone = 'UTC'
set datestyle = 'ISO'
as $$
    select bounds.partition, (bounds.parts)[1]::timestamptz, (bounds.parts)[2]::timestamptz
    from (
        select child.oid::regclass as partition,
               regexp_match(
                   pg_get_expr(child.relpartbound, child.oid),
                   $re$FROM \('([^']+)'\) TO \('([^']+)'\)$re$) as parts
        from pg_inherits link
        join pg_class child on child.oid = link.inhrelid
        where link.inhparent = to_regclass(parent)
    ) bounds
    where bounds.parts is not null
$$;

-- Makes the month that holds `month_day` and moves its rows there from the default partition.
-- True if it made it, false if it was there.
--
-- Safe for two at once: an advisory lock a table. Gives up after 400 ms without a lock, before
-- Postgres looks for deadlocks, so that a call's insert is never the one that loses; the caller
-- of this function tries again. One table a transaction, for the same reason.
create function housekeeping.ensure_month(parent text, month_day date)
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
    partition text := parent || to_char(month_day, '_YYYY_MM');
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

-- The months of which rows lie in the default partition: each of them is a month that was missing.
create function housekeeping.default_months(parent text)
returns table (month_day date, rows_count bigint)
language plpgsql
stable
security definer
set search_path = public, pg_temp
set timezone = 'UTC'
as $$
declare
    fallback regclass;
    control text;
begin
    select p.partdefid::regclass, a.attname into fallback, control
    from housekeeping.partition_templates known
    join pg_partitioned_table p on p.partrelid = to_regclass(known.parent)
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    where known.parent = default_months.parent and p.partdefid <> 0;
    if fallback is not null then
        return query execute format(
            'select date_trunc(''month'', %I)::date, count(*) from %s group by 1 order by 1',
            control, fallback);
    end if;
end
$$;

revoke execute on function housekeeping.ensure_month(text, date) from public;
revoke execute on function housekeeping.default_months(text) from public;
grant execute on function housekeeping.ensure_month(text, date) to treadline_app;
grant execute on function housekeeping.default_months(text) to treadline_app;
grant execute on function housekeeping.partition_bounds(text) to treadline_app;
