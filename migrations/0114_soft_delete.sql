-- What is purged leaves no name of itself behind: relations into tables by month are kept by code,
-- so nothing else would take them off. Agreements and changes of bookings keep the name of their
-- call, which then says nothing any more: they prove a contract and go with it.

create or replace function housekeeping.purge_deleted(at timestamptz)
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
        update orders set source_call_id = null where source_call_id = victim.id;
        update fitting_bookings set source_call_id = null where source_call_id = victim.id;
        update tickets set call_id = null, call_started_at = null where call_id = victim.id;
        update wishlist set call_id = null where call_id = victim.id;
        delete from call_registrations where id = victim.id;
    end loop;
    delete from calls where deleted_at < cutoff;
    get diagnostics gone = row_count;
    delete from customers where deleted_at < cutoff;
    get diagnostics people = row_count;
    return gone + people;
end
$$;
