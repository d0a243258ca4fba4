-- The list of calls and the figures speak the same words, and what was said is found by an index.

-- One row a call of any origin that is not taken out. What is not asked for is not worked out: the
-- dear columns are subqueries of their own.
create view dashboard.calls_in_words with (security_invoker = true) as
select c.tenant_id,
       c.id,
       c.started_at,
       c.ended_at,
       (c.started_at at time zone t.timezone)::date as day,
       extract(hour from c.started_at at time zone t.timezone)::int as hour,
       -- Monday is 1.
       extract(isodow from c.started_at at time zone t.timezone)::int as weekday,
       c.channel,
       c.origin,
       c.language,
       c.caller_id,
       coalesce(c.scenario, 'none') as scenario,
       coalesce(c.outcome, 'open') as outcome,
       -- Only 'counted' is in a rate: not what still goes on, what was never served, and who hung
       -- up within five seconds without a word. Not "exists": for many calls the planner would
       -- rather read every line of every month once than ask for these few.
       case when c.outcome is null then 'open'
            when c.outcome = 'refused' then 'refused'
            when c.duration_seconds < 5 and (
                select l.turn_number from call_turns l
                where l.call_started_at = c.started_at and l.call_id = c.id
                  and l.speaker = 'customer' limit 1) is null then 'short'
            else 'counted' end as standing,
       -- Where a call that settled nothing ended.
       case when c.outcome <> 'resolved' then c.drop_off_stage end as stage,
       c.duration_seconds,
       c.total_cost_usd,
       c.total_cost_usd is not null and not (c.meta ? 'unpriced_steps') as cost_known,
       case when jsonb_typeof(c.cost_breakdown) = 'object' then c.cost_breakdown
       end as cost_breakdown,
       c.csat_score,
       c.quality_score,
       -- Names of the criteria of quality that were missed.
       case when jsonb_typeof(c.meta -> 'quality' -> 'flagged') = 'array'
            then c.meta -> 'quality' -> 'flagged' else '[]' end as missed,
       c.order_id is not null as ordered,
       c.fitting_booking_id is not null as booked,
       -- Why a person was wanted, whatever came of it.
       c.transfer_reason as reason,
       -- What came of it, over all attempts. Attempts go after their retention.
       case when c.transfer_reason is not null or c.outcome = 'transferred' then coalesce((
           select case
               when bool_or(p.outcome = 'taken' or p.answered_at is not null) then 'answered'
               when bool_or(p.outcome in ('handed_over', 'handed_back')) then 'passed_on'
               when bool_or(p.outcome is null) then 'under_way'
               when bool_or(p.outcome = 'caller_left') then 'caller_left'
               when bool_or(p.outcome in ('busy', 'no_answer', 'refused', 'offline'))
                   then 'nobody_came'
               when bool_or(p.outcome = 'out_of_hours') then 'out_of_hours'
               when count(*) > 0 then 'failed' end
           from call_transfers p
           where p.call_started_at = c.started_at and p.call_id = c.id), 'not_known')
       end as fate,
       -- How long the caller waited for the person who came.
       (select extract(epoch from min(p.answered_at - p.requested_at))::float8
        from call_transfers p
        where p.call_started_at = c.started_at and p.call_id = c.id) as waited_seconds,
       -- The same number phoned again within a day. Null: the number is hidden, nobody can know.
       case when nullif(c.caller_id, 'DELETED') is not null then exists (
           select from calls later
           where later.tenant_id = c.tenant_id and later.caller_id = c.caller_id
             and later.started_at > c.started_at
             and later.started_at <= c.started_at + interval '24 hours'
             and later.origin = 'live' and later.deleted_at is null)
       end as came_back
from calls c
join tenants t on t.id = c.tenant_id
where c.deleted_at is null;

-- What figures count: the live ones among them.
create or replace view dashboard.call_facts with (security_invoker = true) as
select tenant_id, id, started_at, ended_at, day, hour, weekday, channel, language,
       nullif(caller_id, 'DELETED') as caller_id, scenario, outcome, standing, stage,
       duration_seconds, total_cost_usd, cost_known, csat_score, reason, fate, waited_seconds,
       came_back, quality_score, missed, cost_breakdown
from dashboard.calls_in_words
where origin = 'live';

grant select on dashboard.calls_in_words to treadline_app, dashboard_reader;

-- Words of the transcript. Row security lets no index answer "like": that comparison is not
-- leakproof, so it is made on every row only after the row was found to be the shop's. This
-- function asks the index for the one shop that the transaction is for and answers with keys
-- alone; the rows themselves are read under row security. Run by an owner whom row security
-- binds, too, it is slower and answers the same.
create index call_turns_content_trgm_idx on call_turns using gin (content gin_trgm_ops);

create function dashboard.calls_that_say(pattern text, since timestamptz, before timestamptz)
returns table (call_started_at timestamptz, call_id uuid)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
    -- Planned for these moments alone, so that only their months are read.
    return query execute
        'select distinct l.call_started_at, l.call_id from call_turns l
         where l.tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid
           and l.call_started_at >= $2 and l.call_started_at < $3 and l.content ilike $1'
        using pattern, since, before;
end
$$;
revoke all on function dashboard.calls_that_say(text, timestamptz, timestamptz) from public;
grant execute on function dashboard.calls_that_say(text, timestamptz, timestamptz)
    to treadline_app, dashboard_reader;
