-- Forgetting a person: everything that is theirs or names them goes, sums stay for the accounts.
--
-- Both functions work on the set tenant and as whoever calls them. `pattern` is a regular
-- expression that finds the person's number in any way of writing it.

-- Every column in which words can stand, of every table.
create function housekeeping.text_columns()
returns table (tab regclass, col name, kind text)
language sql stable
set search_path = pg_catalog
as $$
    select c.oid::regclass, a.attname,
           case a.atttypid when 'jsonb'::regtype then 'jsonb' when 'json'::regtype then 'json'
               when 'text[]'::regtype then 'text[]' else 'text' end
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname in ('public', 'housekeeping') and c.relkind in ('r', 'p')
      and not c.relispartition and c.relname <> '_sqlx_migrations'
      and a.attgenerated = ''
      and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype,
          'json'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
    order by 1, 2
$$;

-- Where the number still stands: columns and how many rows.
create function housekeeping.mentions(pattern text)
returns table (place text, rows_count bigint)
language plpgsql
stable
set search_path = public, pg_temp
as $$
declare
    spot record;
begin
    for spot in select * from housekeeping.text_columns() loop
        execute format('select count(*) from %s where %I::text ~ $1', spot.tab, spot.col)
            into rows_count using pattern;
        if rows_count > 0 then
            place := spot.tab || '.' || spot.col;
            return next;
        end if;
    end loop;
end
$$;

create function housekeeping.forget(pattern text)
returns table (table_name text, deed text, rows_count bigint)
language plpgsql
set search_path = public, pg_temp
as $$
declare
    people uuid[];
    sold uuid[];
    booked uuid[];
    talks uuid[];
    spot record;
begin
    people := array(
        select c.id from customers c where c.phone ~ pattern
        union select i.customer_id from customer_identities i where i.value ~ pattern);
    sold := array(
        select o.id from orders o where o.phone ~ pattern or o.customer_id = any(people));
    booked := array(
        select b.id from fitting_bookings b
        where b.phone ~ pattern or b.customer_id = any(people) or b.linked_order_id = any(sold));
    talks := array(
        select c.id from calls c where c.caller_id ~ pattern or c.customer_id = any(people)
        union select o.source_call_id from orders o
            where o.id = any(sold) and o.source_call_id is not null
        union select b.source_call_id from fitting_bookings b
            where b.id = any(booked) and b.source_call_id is not null);

    -- What was said and looked up. The rows stay: their times are the day's figures.
    table_name := 'call_journal'; deed := 'deleted';
    delete from call_journal j where j.call_id = any(talks);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'call_turns'; deed := 'emptied';
    update call_turns t set content = '' where t.call_id = any(talks);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'call_tool_calls';
    update call_tool_calls t set tool_args = '{}', tool_result = null where t.call_id = any(talks);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'call_transfers';
    update call_transfers t set caller = null, summary = '', cart = '{}'
    where t.call_id = any(talks) or t.caller ~ pattern;
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'eval_results';
    update eval_results e set sentence = '', reason = null, evidence = '{}'
    where e.call_id = any(talks);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'calls'; deed := 'anonymised';
    update calls c set caller_id = 'DELETED', customer_id = null, summary = null,
        csat_comment = null, asterisk_channel_id = null,
        meta = housekeeping.without_people(c.meta)
    where c.id = any(talks);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'approvals'; deed := 'emptied';
    update approvals a set args = '{}'
    where a.call_id = any(talks)
       or a.id in (select o.approval_id from orders o where o.id = any(sold))
       or a.id in (select b.approval_id from fitting_bookings b where b.id = any(booked));
    get diagnostics rows_count = row_count;
    return next;

    -- Contracts: numbers, sums and days stay for the accounts and for the workshop.
    table_name := 'orders'; deed := 'anonymised';
    update orders o set phone = 'DELETED', phone_verified = false,
        recipient = case when o.recipient = '' then '' else 'DELETED' end,
        delivery_address = case when o.delivery_address is not null then 'DELETED' end,
        tracking_number = null, draft_key = null, customer_id = null
    where o.id = any(sold);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'fitting_bookings';
    update fitting_bookings b set phone = null, phone_verified = false, customer_name = '',
        vehicle_info = '', notes = '', verification_data = null, customer_id = null
    where b.id = any(booked);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'storage_contracts';
    update storage_contracts s set phone = 'DELETED', customer_id = null
    where s.phone ~ pattern or s.customer_id = any(people);
    get diagnostics rows_count = row_count;
    return next;

    -- Requests and the person.
    table_name := 'tickets'; deed := 'deleted';
    delete from tickets t
    where t.phone ~ pattern or t.customer_id = any(people) or t.call_id = any(talks);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'wishlist';
    delete from wishlist w
    where w.phone ~ pattern or w.customer_id = any(people) or w.call_id = any(talks);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'call_registrations';
    delete from call_registrations r where r.caller ~ pattern or r.id = any(talks);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'external_refs';
    delete from external_refs r where r.local_id = any(people);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'customer_memory';
    delete from customer_memory m where m.customer_id = any(people);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'customer_identities';
    delete from customer_identities i where i.customer_id = any(people);
    get diagnostics rows_count = row_count;
    return next;
    table_name := 'customers';
    delete from customers c where c.id = any(people);
    get diagnostics rows_count = row_count;
    return next;

    -- And the number wherever else somebody said or wrote it. A nought keeps JSON what it is.
    deed := 'blacked out';
    for spot in
        select * from housekeeping.text_columns() every
        where has_table_privilege(every.tab, 'update')
    loop
        execute format(
            'update %s set %I = regexp_replace(%2$I::text, $1, %L, ''g'')::%s where %2$I::text ~ $1',
            spot.tab, spot.col, case spot.kind when 'text' then '[forgotten]' else '0' end,
            spot.kind)
        using pattern;
        get diagnostics rows_count = row_count;
        table_name := spot.tab::text;
        return next;
    end loop;
end
$$;
