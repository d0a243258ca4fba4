-- What every call used and cost, step by step; where it changed hands; and what a day's figures
-- are made from.

-- One row for each step of each turn: the time line, the usage ledger and the bill in one.
create table call_traces (
    id uuid not null,
    tenant_id uuid not null,
    call_id uuid not null,
    call_started_at timestamptz not null,
    -- The line of the caller that led to it; 0 before the first.
    turn_number integer not null,
    step text not null,
    -- Who did it: a brain, the claim guard, the shop's desk, …
    agent_name text not null,
    provider text,
    model text,
    reasoning_effort text,
    tokens_input integer,
    -- Part of tokens_input.
    tokens_cached integer,
    tokens_output integer,
    -- Of what is not counted in tokens: seconds of sound, or characters.
    units numeric(14, 3),
    unit text,
    -- At the price of that day. Null: nobody knows the price.
    cost_usd numeric(10, 6),
    started_at timestamptz not null,
    duration_ms integer not null,
    status text not null default 'success',
    error_message text,
    -- Never words, names or numbers of people: counts, codes and names of fields.
    input_data jsonb not null default '{}',
    output_data jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint call_traces_pkey primary key (id, call_started_at),
    constraint call_traces_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint call_traces_turn_number_check check (turn_number >= 0),
    constraint call_traces_step_check check (step in (
        'endpoint', 'stt', 'route', 'llm', 'tool', 'guard', 'tts', 'play', 'quality', 'embed')),
    constraint call_traces_status_check
        check (status in ('success', 'error', 'timeout', 'cancelled')),
    constraint call_traces_unit_check check (unit in ('second', 'character')),
    constraint call_traces_units_check check ((units is null) = (unit is null) and units >= 0),
    constraint call_traces_tokens_check check (
        tokens_input >= 0 and tokens_cached >= 0 and tokens_output >= 0),
    constraint call_traces_duration_ms_check check (duration_ms >= 0),
    constraint call_traces_cost_usd_check check (cost_usd >= 0)
) partition by range (call_started_at);
create index idx_call_traces_call_id on call_traces (call_id);
create index idx_call_traces_step on call_traces (tenant_id, step, started_at);
create table call_traces_default partition of call_traces default;

-- Each time a call changed its scenario, its brain, or went to a person and back.
create table call_scenario_switches (
    id uuid not null,
    tenant_id uuid not null,
    call_id uuid not null,
    call_started_at timestamptz not null,
    -- Within the call, from 1.
    switch_number integer not null,
    turn_number integer not null,
    -- 'scenario', 'brain', 'operator'
    kind text not null,
    from_agent text,
    to_agent text not null,
    reason text not null,
    switched_at timestamptz not null,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint call_scenario_switches_pkey primary key (id, call_started_at),
    constraint call_scenario_switches_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint call_scenario_switches_number_key unique (call_started_at, call_id, switch_number),
    constraint call_scenario_switches_number_check check (switch_number >= 1),
    constraint call_scenario_switches_turn_number_check check (turn_number >= 0),
    constraint call_scenario_switches_kind_check check (kind in ('scenario', 'brain', 'operator')),
    constraint call_scenario_switches_to_agent_check check (to_agent <> '')
) partition by range (call_started_at);
create index idx_call_scenario_switches_call_id on call_scenario_switches (call_id);
create table call_scenario_switches_default partition of call_scenario_switches default;

do $$
declare
    guarded text;
begin
    foreach guarded in array array['call_traces', 'call_scenario_switches'] loop
        execute format('alter table %I enable row level security', guarded);
        execute format('alter table %I force row level security', guarded);
        execute format(
            'create policy %I on %I using (tenant_id = nullif(current_setting(%L, true), %L)::uuid)',
            guarded || '_tenant', guarded, 'app.tenant_id', '');
        execute format('grant select, insert, update, delete on %I to treadline_app', guarded);
    end loop;
end
$$;
grant select on call_traces, call_scenario_switches to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('call_traces', 90, 'drop_month', 'explains a call as long as its lines are there'),
    ('call_scenario_switches', 90, 'drop_month', 'explains a call as long as its lines are there');

-- What each process spent in an hour on the wall in UTC: a ceiling holds for all of them together.
-- Each writes only its own row, always the whole sum, so that a repeat changes nothing.
create table housekeeping.spent_hours (
    hour timestamptz not null,
    node text not null,
    spent_usd numeric(12, 6) not null,
    updated_at timestamptz not null default now(),
    constraint spent_hours_pkey primary key (hour, node),
    constraint spent_hours_spent_usd_check check (spent_usd >= 0)
);
grant select, insert, update, delete on housekeeping.spent_hours to treadline_app;

-- The figures of a day. More of them, and what says that a day must be counted again.
alter table daily_stats
    add column outcome_breakdown jsonb not null default '{}',
    add column drop_off_breakdown jsonb not null default '{}',
    add column sentiment_breakdown jsonb not null default '{}',
    add column cost_breakdown jsonb not null default '{}';

create index idx_calls_updated_at on calls (tenant_id, updated_at);
create index idx_fitting_bookings_updated_at on fitting_bookings (tenant_id, updated_at);

-- Whoever changes a call says when: a day's figures follow by that.
create function housekeeping.touch_call() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    new.updated_at := now();
    return new;
end
$$;
create trigger calls_touch before update on calls
    for each row execute function housekeeping.touch_call();

-- A call that is taken out of the table leaves no date behind: its day is marked instead.
create function housekeeping.mark_day() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    update daily_stats set computed_at = 'epoch'
    where tenant_id = old.tenant_id and sealed_at is null
      and stat_date = (old.started_at at time zone
          (select timezone from tenants where id = old.tenant_id))::date;
    return null;
end
$$;
create trigger calls_mark_day after delete on calls
    for each row execute function housekeeping.mark_day();

-- Views. Each sees what its reader may see: the row security of the tables below it holds. Only
-- live calls count, a day is a day on the shop's wall.
grant select on fitting_bookings to dashboard_reader;

create view v_session_stats with (security_invoker = true) as
select c.tenant_id,
       (c.started_at at time zone t.timezone)::date as day,
       coalesce(c.scenario, 'none') as primary_category,
       c.channel,
       count(*) as total_sessions,
       count(*) filter (where c.outcome = 'resolved') as resolved,
       count(*) filter (where c.transferred_to_operator) as escalated,
       avg(answer.first_audio_ms) as avg_first_response_ms,
       avg(c.duration_seconds) filter (where c.outcome = 'resolved') as avg_resolution_sec,
       avg(c.csat_score) as avg_csat
from calls c
join tenants t on t.id = c.tenant_id
left join lateral (
    select l.first_audio_ms from call_turns l
    where l.call_started_at = c.started_at and l.call_id = c.id and l.first_audio_ms is not null
    order by l.turn_number limit 1
) answer on true
where c.origin = 'live' and c.deleted_at is null
group by 1, 2, 3, 4;

create view v_cost_by_category with (security_invoker = true) as
select c.tenant_id,
       coalesce(c.scenario, 'none') as primary_category,
       count(*) as sessions,
       sum(c.total_cost_usd) as total_cost,
       sum(c.total_cost_usd) / nullif(sum(said.lines), 0) as avg_cost_per_message,
       sum(c.total_cost_usd) / count(*) as avg_cost_per_session
from calls c
left join lateral (
    select count(*) as lines from call_turns l
    where l.call_started_at = c.started_at and l.call_id = c.id and l.speaker = 'bot'
) said on true
where c.origin = 'live' and c.deleted_at is null and c.total_cost_usd is not null
group by 1, 2;

grant select on v_session_stats, v_cost_by_category to treadline_app, dashboard_reader;

create schema dashboard;
grant usage on schema dashboard to treadline_app, dashboard_reader;

-- Day and time of a fitting are chosen in one stage, so there is no column for the day alone.
create view dashboard.v_conversion_funnel with (security_invoker = true) as
select c.tenant_id,
       (c.started_at at time zone t.timezone)::date as day,
       count(*) as total_sessions,
       count(*) filter (where dropped.stage is null) as completed,
       count(*) filter (where dropped.stage = 'greeting') as dropped_at_greeting,
       count(*) filter (where dropped.stage = 'tire_search') as dropped_at_service,
       count(*) filter (where dropped.stage = 'station_selection') as dropped_at_staff,
       count(*) filter (where dropped.stage = 'time_selection') as dropped_at_time,
       count(*) filter (where dropped.stage = 'details') as dropped_at_details,
       count(*) filter (where dropped.stage = 'order_items') as dropped_at_items,
       count(*) filter (where dropped.stage = 'delivery') as dropped_at_delivery,
       count(*) filter (where dropped.stage = 'confirmation') as dropped_at_confirmation
from calls c
join tenants t on t.id = c.tenant_id
cross join lateral (
    select case when c.outcome <> 'resolved' then c.drop_off_stage end as stage
) dropped
where c.origin = 'live' and c.deleted_at is null and c.outcome is not null
group by 1, 2;

create view dashboard.v_top_services with (security_invoker = true) as
select c.tenant_id,
       (c.started_at at time zone t.timezone)::date as day,
       b.service_type as service_name,
       count(*) as booking_count,
       sum(b.price) as total_revenue
from fitting_bookings b
join calls c on c.id = b.source_call_id
join tenants t on t.id = c.tenant_id
where c.origin = 'live' and c.deleted_at is null
  and b.status in ('confirmed', 'completed', 'no_show')
group by 1, 2, 3
order by booking_count desc;

create view dashboard.metrics_dailies with (security_invoker = true) as
select tenant_id,
       stat_date as day,
       total_calls as dialogs_started,
       bookings,
       coalesce(conversion, 0) as conversion,
       coalesce(round(avg_response_ms), 0)::int as avg_response_ms,
       computed_at as updated_at
from daily_stats;

create view dashboard.conversations with (security_invoker = true) as
select c.id,
       c.tenant_id,
       coalesce(c.customer_id::text, '') as client_id,
       case when c.outcome is null then 'active'
            when c.transferred_to_operator then 'escalated'
            else 'resolved' end as status,
       c.transferred_to_operator as escalated,
       asked.requested_at as escalated_at,
       c.transfer_reason as escalation_reason,
       c.ended_at as closed_at,
       c.outcome as closure_reason,
       coalesce(said.last_at, c.started_at) as last_message_at,
       c.started_at as created_at,
       c.updated_at
from calls c
left join lateral (
    select max(l.created_at) as last_at from call_turns l
    where l.call_started_at = c.started_at and l.call_id = c.id
) said on true
left join lateral (
    select min(p.requested_at) as requested_at from call_transfers p
    where p.call_started_at = c.started_at and p.call_id = c.id
) asked on true
where c.origin = 'live' and c.deleted_at is null;

grant select on dashboard.v_conversion_funnel, dashboard.v_top_services,
    dashboard.metrics_dailies, dashboard.conversations to treadline_app, dashboard_reader;
