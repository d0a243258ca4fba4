-- How old the oldest rows are that a line of housekeeping.retention is still to act on: what the
-- operator watches to know that old rows really go.

-- The oldest row of a table by month; of `calls` the oldest that still names people. Months are
-- read in order until one has such a row. As the owner and from the months themselves, because
-- this is for every shop at once.
create function housekeeping.oldest_in_months(parent text)
returns timestamptz
language plpgsql
stable
security definer
set search_path = public, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO'
as $$
declare
    control text;
    fallback regclass;
    month regclass;
    in_months timestamptz;
    in_fallback timestamptz;
    question constant text := case parent when 'calls' then
        'select min(%1$I) from %2$s where caller_id <> ''DELETED'' or customer_id is not null '
        'or summary is not null or csat_comment is not null or asterisk_channel_id is not null '
        'or meta <> housekeeping.without_people(meta)'
        else 'select min(%1$I) from %2$s' end;
begin
    select a.attname, nullif(p.partdefid, 0)::regclass into control, fallback
    from housekeeping.partition_templates known
    join pg_partitioned_table p on p.partrelid = to_regclass(known.parent)
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    where known.parent = oldest_in_months.parent;
    if control is null then
        return null;
    end if;
    for month in
        select have.partition from housekeeping.partition_bounds(parent) have order by have.from_at
    loop
        execute format(question, control, month) into in_months;
        exit when in_months is not null;
    end loop;
    if fallback is not null then
        execute format(question, control, fallback) into in_fallback;
    end if;
    return least(in_months, in_fallback);
end
$$;

-- The same of a table whose rows are deleted one by one, and of what is hidden; of the set tenant.
create function housekeeping.oldest_row(wanted text)
returns timestamptz
language plpgsql
stable
set search_path = public, pg_temp
as $$
declare
    age text;
    oldest timestamptz;
begin
    if wanted = '(soft deleted)' then
        return least(
            (select min(deleted_at) from calls where deleted_at is not null),
            (select min(deleted_at) from customers where deleted_at is not null));
    end if;
    select coalesce(line.age_column, 'created_at') into age
    from housekeeping.retention line
    where line.table_name = wanted and line.action = 'delete' and line.goes_with is null;
    if age is not null then
        execute format('select min(%I) from %I', age, wanted) into oldest;
    end if;
    return oldest;
end
$$;

revoke execute on function housekeeping.oldest_in_months(text) from public;
grant execute on function housekeeping.oldest_in_months(text) to treadline_app;
