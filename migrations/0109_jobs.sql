-- What has to be done again and again, by whichever process is there. Of the installation, not of
-- one shop: a job looks after all of them.

create table housekeeping.jobs (
    name text not null,
    every_s integer not null,
    next_run_at timestamptz not null default now(),
    -- Who does it now, until when that is promised, and which claim it is.
    locked_by text,
    lease_until timestamptz,
    lease_id uuid,
    started_at timestamptz,
    -- Of the last run that went well: its begin and its end, who did it, and what came of it.
    last_ok_began_at timestamptz,
    last_ok_at timestamptz,
    last_ok_by text,
    last_result text,
    last_error text,
    last_error_at timestamptz,
    runs bigint not null default 0,
    failures bigint not null default 0,
    -- Since the last one that went well: it is tried again sooner, but not at once.
    failures_in_row integer not null default 0,
    created_at timestamptz not null default now(),
    constraint jobs_pkey primary key (name),
    constraint jobs_every_s_check check (every_s > 0),
    constraint jobs_lease_check check (
        (lease_id is null) = (lease_until is null) and (lease_id is null) = (locked_by is null))
);
grant select, insert, update on housekeeping.jobs to treadline_app;
