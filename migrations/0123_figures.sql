-- What every number of the dashboard is counted from. Each view sees what its reader may see: the
-- row security of the tables below it holds.

-- One row a live call, with the words that figures are counted by. A figure and the list of its
-- calls read the same row, so they cannot disagree. What is not asked for is not worked out: the
-- dear columns are subqueries of their own.
create view dashboard.call_facts with (security_invoker = true) as
select c.tenant_id,
       c.id,
       c.started_at,
       c.ended_at,
       (c.started_at at time zone t.timezone)::date as day,
       extract(hour from c.started_at at time zone t.timezone)::int as hour,
       -- Monday is 1.
       extract(isodow from c.started_at at time zone t.timezone)::int as weekday,
       c.channel,
       c.language,
       nullif(c.caller_id, 'DELETED') as caller_id,
       coalesce(c.scenario, 'none') as scenario,
       coalesce(c.outcome, 'open') as outcome,
       -- Only 'counted' is in a rate: not what still goes on, what was never served, and who hung
       -- up within five seconds without a word.
       case when c.outcome is null then 'open'
            when c.outcome = 'refused' then 'refused'
            when c.duration_seconds < 5 and not exists (
                select from call_turns l
                where l.call_started_at = c.started_at and l.call_id = c.id
                  and l.speaker = 'customer') then 'short'
            else 'counted' end as standing,
       -- Where a call that settled nothing ended.
       case when c.outcome <> 'resolved' then c.drop_off_stage end as stage,
       c.duration_seconds,
       c.total_cost_usd,
       c.total_cost_usd is not null and not (c.meta ? 'unpriced_steps') as cost_known,
       c.csat_score,
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
where c.origin = 'live' and c.deleted_at is null;

-- Did the same number phone again? Asked for every call of a month.
create index idx_calls_tenant_id_caller_id on calls (tenant_id, caller_id, started_at);

-- What was sold in calls and still stands: a row a service. Money is the shop's.
create view dashboard.call_sales with (security_invoker = true) as
select b.tenant_id, b.source_call_id as call_id, b.service_type as service,
       count(*) as items, sum(b.price) as revenue
from fitting_bookings b
where b.source_call_id is not null and b.status in ('confirmed', 'completed', 'no_show')
group by 1, 2, 3
union all
select o.tenant_id, o.source_call_id, 'tyre_order', count(*), sum(o.total)
from orders o
where o.source_call_id is not null and o.status not in ('draft', 'cancelled')
group by 1, 2;

-- The agent's answers: how long the caller waited for the first sound, and the parts of that time
-- that are known. A later line of the same answer shares the first one's time and does not count.
create view dashboard.answers with (security_invoker = true) as
select l.tenant_id, l.call_id, l.call_started_at, l.turn_number,
       -- To be bounded too: the planner does not carry a range over a join.
       c.started_at,
       coalesce(c.scenario, 'none') as scenario,
       l.first_audio_ms as reply_ms, l.endpointing_ms, l.llm_latency_ms, l.tts_latency_ms,
       not exists (
           select from call_turns earlier
           where earlier.call_started_at = l.call_started_at and earlier.call_id = l.call_id
             and earlier.turn_number < l.turn_number and earlier.first_audio_ms is not null
             and not exists (
                 select from call_turns said
                 where said.call_started_at = l.call_started_at and said.call_id = l.call_id
                   and said.speaker = 'customer'
                   and said.turn_number between earlier.turn_number and l.turn_number)
       ) as is_first
from call_turns l
join calls c on c.started_at = l.call_started_at and c.id = l.call_id
where l.speaker = 'bot' and l.first_audio_ms is not null
  and c.origin = 'live' and c.deleted_at is null;

grant select on dashboard.call_facts, dashboard.call_sales, dashboard.answers
    to treadline_app, dashboard_reader;
-- No more of an order than its sum.
grant select (tenant_id, source_call_id, status, total) on orders to dashboard_reader;

-- Times as histograms: percentiles of many days come from their sum, never from the percentiles
-- of each. 156 buckets, each 5 % wider than the one before, from 10 ms to 20 s.
create function dashboard.latency_bucket(ms integer)
returns integer
language sql immutable parallel safe
set search_path = pg_catalog
as $$
    select least(155, greatest(0, floor(ln(greatest(ms, 1) / 10.0::float8) / ln(1.05::float8))))::int
$$;
grant execute on function dashboard.latency_bucket(integer) to treadline_app, dashboard_reader;

create table daily_latency (
    tenant_id uuid not null,
    stat_date date not null,
    scenario text not null,
    -- 'reply' is from the caller's last sound to our first; the others are parts of it.
    stage text not null,
    counts integer[] not null,
    constraint daily_latency_pkey primary key (tenant_id, stat_date, scenario, stage),
    constraint daily_latency_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint daily_latency_stage_check
        check (stage in ('reply', 'endpointing', 'stt', 'llm', 'tts', 'tool')),
    constraint daily_latency_counts_check check (cardinality(counts) = 156)
);

alter table daily_latency enable row level security;
alter table daily_latency force row level security;
create policy daily_latency_tenant on daily_latency
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on daily_latency to treadline_app;
grant select on daily_latency to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason)
values ('daily_latency', null, 'keep', 'numbers without people');
