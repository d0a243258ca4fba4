-- The log of conversations by any channel, by month.
--
-- Every row carries the start of its call, so that a call lives in one month everywhere. Months
-- are made from partitions/*.sql; the default partitions catch what comes when one is missing, so
-- that no insert fails for it. Nothing refers *into* these tables.

create table calls (
    -- Our own; for AudioSocket the UUID of the connection.
    id uuid not null,
    tenant_id uuid not null,
    channel text not null default 'phone',
    -- Several contacts, one matter.
    conversation_id uuid,
    -- Only 'live' counts.
    origin text not null default 'live',
    caller_id text,
    called_number text,
    customer_id uuid,
    started_at timestamptz not null,
    ended_at timestamptz,
    duration_seconds integer,
    language text,
    scenario text,
    intents text[] not null default '{}',
    outcome text,
    drop_off_stage text,
    transferred_to_operator boolean not null default false,
    transfer_reason text,
    order_id uuid,
    fitting_booking_id uuid,
    prompt_version text,
    quality_score double precision,
    sentiment text,
    summary text,
    csat_score smallint,
    csat_comment text,
    cost_breakdown jsonb,
    total_cost_usd numeric(10, 6),
    -- Which process serves it, and until when it has promised to be alive: a node closes only its
    -- own interrupted calls.
    node text,
    lease_until timestamptz,
    asterisk_channel_id text,
    meta jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,
    constraint calls_pkey primary key (id, started_at),
    constraint calls_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint calls_customer_id_fkey foreign key (tenant_id, customer_id)
        references customers (tenant_id, id) on delete set null (customer_id),
    constraint calls_fitting_booking_id_fkey foreign key (tenant_id, fitting_booking_id)
        references fitting_bookings (tenant_id, id) on delete set null (fitting_booking_id),
    constraint calls_channel_check check (channel ~ '^[a-z][a-z0-9_]{0,31}$'),
    constraint calls_origin_check check (origin in ('live', 'demo', 'test')),
    constraint calls_outcome_check check (outcome in (
        'resolved', 'transferred', 'callback', 'abandoned', 'lost_process', 'leg_lost', 'refused',
        'error')),
    constraint calls_drop_off_stage_check check (drop_off_stage ~ '^[a-z][a-z0-9_]{0,49}$'),
    constraint calls_language_check check (language ~ '^[a-z]{2}$'),
    constraint calls_sentiment_check check (sentiment in ('positive', 'neutral', 'negative')),
    constraint calls_csat_score_check check (csat_score between 1 and 5),
    constraint calls_quality_score_check check (quality_score between 0 and 1),
    constraint calls_duration_seconds_check check (duration_seconds >= 0),
    constraint calls_total_cost_usd_check check (total_cost_usd >= 0)
) partition by range (started_at);
create index idx_calls_caller_id on calls (caller_id);
create index idx_calls_customer_id on calls (customer_id);
create index idx_calls_started_at on calls (started_at);
create index idx_calls_tenant_id_started_at on calls (tenant_id, started_at desc);
create index idx_calls_open on calls (node, lease_until) where ended_at is null;
create table calls_default partition of calls default;

create table call_turns (
    id uuid not null,
    tenant_id uuid not null,
    call_id uuid not null,
    call_started_at timestamptz not null,
    -- Dense from 1.
    turn_number integer not null,
    speaker text not null,
    -- For the agent: what was heard. Empty when the caller asked not to be recorded.
    content text not null default '',
    language text,
    stt_confidence real,
    stt_latency_ms integer,
    llm_latency_ms integer,
    tts_latency_ms integer,
    endpointing_ms integer,
    first_audio_ms integer,
    interrupted boolean not null default false,
    created_at timestamptz not null default now(),
    constraint call_turns_pkey primary key (id, call_started_at),
    constraint call_turns_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint call_turns_turn_number_key unique (call_started_at, call_id, turn_number),
    constraint call_turns_turn_number_check check (turn_number >= 1),
    constraint call_turns_speaker_check check (speaker in ('customer', 'bot', 'operator')),
    constraint call_turns_language_check check (language ~ '^[a-z]{2}$')
) partition by range (call_started_at);
create index idx_call_turns_call_id on call_turns (call_id);
create table call_turns_default partition of call_turns default;

create table call_tool_calls (
    id uuid not null,
    tenant_id uuid not null,
    call_id uuid not null,
    call_started_at timestamptz not null,
    -- The line of the caller that led to it.
    turn_number integer,
    tool_name text not null,
    tool_args jsonb not null default '{}',
    tool_result jsonb,
    duration_ms integer,
    success boolean not null,
    trace_id uuid,
    approval_id uuid,
    created_at timestamptz not null default now(),
    constraint call_tool_calls_pkey primary key (id, call_started_at),
    constraint call_tool_calls_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint call_tool_calls_duration_ms_check check (duration_ms >= 0)
) partition by range (call_started_at);
create index idx_call_tool_calls_call_id on call_tool_calls (call_id);
create index idx_call_tool_calls_tool_name on call_tool_calls (tenant_id, tool_name, created_at);
create table call_tool_calls_default partition of call_tool_calls default;

-- The journal as it was written on the machine that served the call; the tables above are made
-- from it. A record applied twice is one row.
create table call_journal (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    call_id uuid not null,
    call_started_at timestamptz not null,
    seq bigint not null,
    at timestamptz not null,
    record jsonb not null,
    created_at timestamptz not null default now(),
    constraint call_journal_pkey primary key (id, call_started_at),
    constraint call_journal_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint call_journal_seq_key unique (call_started_at, call_id, seq),
    constraint call_journal_seq_check check (seq >= 1)
) partition by range (call_started_at);
create index idx_call_journal_call_id on call_journal (call_id);
create table call_journal_default partition of call_journal default;

-- Where a UUID is single-use. Not partitioned.
create table call_registrations (
    id uuid not null,
    tenant_id uuid not null,
    caller text,
    called text,
    -- Name, channel, and whatever else the dialplan said.
    data jsonb not null default '{}',
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    constraint call_registrations_pkey primary key (id),
    constraint call_registrations_tenant_id_fkey foreign key (tenant_id) references tenants (id)
);
create index call_registrations_expires_at_idx on call_registrations (expires_at);

do $$
declare
    guarded text;
begin
    foreach guarded in array array[
        'calls', 'call_turns', 'call_tool_calls', 'call_journal', 'call_registrations'
    ] loop
        execute format('alter table %I enable row level security', guarded);
        execute format('alter table %I force row level security', guarded);
        execute format(
            'create policy %I on %I using (tenant_id = nullif(current_setting(%L, true), %L)::uuid)',
            guarded || '_tenant', guarded, 'app.tenant_id', '');
        execute format('grant select, insert, update, delete on %I to treadline_app', guarded);
    end loop;
end
$$;
grant select on calls, call_turns, call_tool_calls to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('calls', 365, 'anonymise', 'after a year only the numbers are kept'),
    ('call_turns', 90, 'drop_month', 'what people said'),
    ('call_tool_calls', 90, 'drop_month', 'what was looked up for them'),
    ('call_journal', 90, 'drop_month', 'the source of the two above'),
    ('call_registrations', 7, 'delete', 'a registration is used within minutes');
