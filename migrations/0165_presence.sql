-- Who of the desk is there to take a call.

create table dashboard.presence (
    tenant_id uuid not null,
    user_id uuid not null,
    -- 'free', 'busy', 'wrap_up', 'away', 'off'
    state text not null,
    -- Why somebody is away.
    reason text,
    -- Takes calls without a page that is open: no heartbeat is waited for.
    phone_only boolean not null default false,
    -- Since when the state is so; clocks on pages count from here.
    since timestamptz not null,
    -- The last heartbeat of an open page.
    seen_at timestamptz not null,
    constraint presence_pkey primary key (tenant_id, user_id),
    constraint presence_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint presence_user_id_fkey foreign key (user_id)
        references dashboard.users (id) on delete cascade,
    constraint presence_state_check
        check (state in ('free', 'busy', 'wrap_up', 'away', 'off')),
    constraint presence_reason_check check (
        (state = 'away') = (reason is not null)
        and reason in ('break', 'lunch', 'training', 'other'))
);

alter table dashboard.presence enable row level security;
alter table dashboard.presence force row level security;
create policy presence_tenant on dashboard.presence
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on dashboard.presence to treadline_app;
grant select on dashboard.presence to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('dashboard.presence', 30, 'expire', 'who was there a month ago is no longer asked');
