-- Standing instructions for models as rows, and tests of two of them against each other.
--
-- Which version a call had stands in `calls.prompt_version`: that is the truth, from which both
-- arms of a test are counted. The figures in prompt_ab_tests are what was counted last.

create table prompt_versions (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    -- As in `calls.prompt_version`; "builtin-…" came with the program.
    name text not null,
    system_prompt text not null,
    -- {"hide": ["add_to_wishlist"]}: tools that a model under this version is not told of.
    tools_config jsonb not null default '{}',
    is_active boolean not null default false,
    -- {"builtin": true}, {"hard_rules": ["…"]}, {"scenarios": {"fitting_booking": "…"}}.
    metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    activated_at timestamptz,
    constraint prompt_versions_pkey primary key (id),
    constraint prompt_versions_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint prompt_versions_tenant_id_id_key unique (tenant_id, id),
    constraint prompt_versions_name_key unique (tenant_id, name),
    constraint prompt_versions_name_check check (name ~ '^[a-z0-9][a-z0-9._-]{0,49}$'),
    constraint prompt_versions_system_prompt_check
        check (system_prompt <> '' and length(system_prompt) <= 60000),
    constraint prompt_versions_tools_config_check check (jsonb_typeof(tools_config) = 'object'),
    constraint prompt_versions_metadata_check check (jsonb_typeof(metadata) = 'object')
);
create unique index prompt_versions_one_active on prompt_versions (tenant_id) where is_active;

create table prompt_ab_tests (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    test_name text not null,
    variant_a_id uuid not null,
    variant_b_id uuid not null,
    -- The share of calls that get variant B.
    share_b double precision not null default 0.5,
    calls_a integer not null default 0,
    calls_b integer not null default 0,
    quality_a double precision,
    quality_b double precision,
    status text not null default 'running',
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default now(),
    constraint prompt_ab_tests_pkey primary key (id),
    constraint prompt_ab_tests_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint prompt_ab_tests_variant_a_id_fkey foreign key (tenant_id, variant_a_id)
        references prompt_versions (tenant_id, id),
    constraint prompt_ab_tests_variant_b_id_fkey foreign key (tenant_id, variant_b_id)
        references prompt_versions (tenant_id, id),
    constraint prompt_ab_tests_test_name_key unique (tenant_id, test_name),
    constraint prompt_ab_tests_test_name_check
        check (test_name <> '' and length(test_name) <= 100),
    constraint prompt_ab_tests_variants_check check (variant_a_id <> variant_b_id),
    constraint prompt_ab_tests_share_b_check check (share_b > 0 and share_b < 1),
    constraint prompt_ab_tests_calls_check check (calls_a >= 0 and calls_b >= 0),
    constraint prompt_ab_tests_quality_check
        check (quality_a between 0 and 1 and quality_b between 0 and 1),
    constraint prompt_ab_tests_status_check check (status in ('running', 'stopped')),
    constraint prompt_ab_tests_ended_check check ((status = 'running') = (ended_at is null))
);
create unique index prompt_ab_tests_one_running on prompt_ab_tests (tenant_id)
    where status = 'running';

-- Calls of a version in a time, and calls that nobody has scored yet.
create index idx_calls_prompt_version on calls (tenant_id, prompt_version, started_at);
create index idx_calls_unscored on calls (started_at)
    where quality_score is null and ended_at is not null;

do $$
declare
    guarded text;
begin
    foreach guarded in array array['prompt_versions', 'prompt_ab_tests'] loop
        execute format('alter table %I enable row level security', guarded);
        execute format('alter table %I force row level security', guarded);
        execute format(
            'create policy %I on %I using (tenant_id = nullif(current_setting(%L, true), %L)::uuid)',
            guarded || '_tenant', guarded, 'app.tenant_id', '');
        execute format('grant select, insert, update, delete on %I to treadline_app', guarded);
        execute format('grant select on %I to dashboard_reader', guarded);
    end loop;
end
$$;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('prompt_versions', null, 'keep', 'calls name them'),
    ('prompt_ab_tests', null, 'keep', 'what was learnt; nothing personal');
