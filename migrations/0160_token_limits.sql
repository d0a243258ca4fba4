-- A program that asks too often is slowed down by itself, without the others.

alter table dashboard.machine_tokens
    -- Null: as the configuration says. It never allows more than that.
    add column requests_per_minute_max integer,
    add constraint machine_tokens_requests_check
        check (requests_per_minute_max between 1 and 100000);
