-- Somebody of the desk takes a call over that has not asked for it.

create table dashboard.takeovers (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    call_id uuid not null,
    user_id uuid not null,
    -- A name of the configuration's allow-list.
    target text not null,
    asked_at timestamptz not null,
    -- When the process that has the call was told.
    done_at timestamptz,
    constraint takeovers_pkey primary key (id),
    constraint takeovers_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint takeovers_user_id_fkey foreign key (user_id)
        references dashboard.users (id) on delete cascade
);
create index takeovers_call_id_idx on dashboard.takeovers (call_id);
create index takeovers_user_id_idx on dashboard.takeovers (user_id);
create index takeovers_asked_at_idx on dashboard.takeovers (tenant_id, asked_at);

alter table dashboard.takeovers enable row level security;
alter table dashboard.takeovers force row level security;
create policy takeovers_tenant on dashboard.takeovers
    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on dashboard.takeovers to treadline_app;
grant select on dashboard.takeovers to dashboard_reader;

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('dashboard.takeovers', 90, 'expire', 'as long as the transfer that came of it');
