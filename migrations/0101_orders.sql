-- Orders: what was sold, where it goes, what it costs. Totals come out of the catalogue and the
-- rates; no column of them is ever written from outside.

create sequence order_numbers start with 10001;
grant usage on sequence order_numbers to treadline_app;

-- A size as people write it: 205/55 R16, 195/75 R16C, 315/80 R22.5.
create function tire_size(
    width smallint, profile smallint, rim_tenths smallint, commercial boolean)
returns text
language sql immutable parallel safe
as $$
    select width || '/' || profile || ' R' || rim_tenths / 10
        || case when rim_tenths % 10 > 0 then '.' || rim_tenths % 10 else '' end
        || case when commercial then 'C' else '' end
$$;

create table pickup_points (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    external_code text not null,
    name text not null,
    name_uk text,
    city text not null,
    city_uk text,
    -- Other names that callers use for the city.
    city_aliases text[] not null default '{}',
    address text not null default '',
    address_uk text,
    phone text,
    working_hours text not null default '',
    -- Until an order is there.
    days smallint not null default 2,
    active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint pickup_points_pkey primary key (id),
    constraint pickup_points_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint pickup_points_tenant_id_id_key unique (tenant_id, id),
    constraint pickup_points_external_code_key unique (tenant_id, external_code),
    constraint pickup_points_external_code_check check (external_code <> ''),
    constraint pickup_points_days_check check (days between 0 and 60)
);

create table delivery_rates (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    -- Empty: every city without a line of its own.
    city text not null default '',
    city_uk text,
    city_aliases text[] not null default '{}',
    base_cost numeric(12, 2) not null,
    cost_per_piece numeric(12, 2) not null default 0,
    -- Goods worth this much travel for nothing; null: never.
    free_from numeric(12, 2),
    days smallint not null,
    active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint delivery_rates_pkey primary key (id),
    constraint delivery_rates_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint delivery_rates_tenant_id_id_key unique (tenant_id, id),
    constraint delivery_rates_city_key unique (tenant_id, city),
    constraint delivery_rates_cost_check
        check (base_cost >= 0 and cost_per_piece >= 0 and free_from >= 0),
    constraint delivery_rates_days_check check (days between 0 and 60)
);

create table orders (
    id uuid not null,
    tenant_id uuid not null,
    -- What the caller is told; given when the order is confirmed.
    order_number text,
    status text not null default 'draft',
    customer_id uuid,
    phone text not null,
    -- False if the number was only spoken.
    phone_verified boolean not null default false,
    recipient text not null default '',
    -- What was agreed to, as it was; order_items is the truth.
    items jsonb not null default '[]',
    subtotal numeric(12, 2) not null default 0,
    delivery_cost numeric(12, 2) not null default 0,
    total numeric(12, 2) not null generated always as (subtotal + delivery_cost) stored,
    currency text not null default 'UAH',
    delivery_type text,
    delivery_city text,
    delivery_address text,
    delivery_days smallint,
    delivery_rate_id uuid,
    pickup_point_id uuid,
    payment_method text,
    estimated_delivery date,
    tracking_number text,
    source text not null default 'ai_agent',
    source_call_id uuid,
    approval_id uuid,
    effect_key text,
    -- The same basket put together twice in one call is one draft.
    draft_key text,
    confirmed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint orders_pkey primary key (id),
    constraint orders_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint orders_tenant_id_id_key unique (tenant_id, id),
    constraint orders_order_number_key unique (tenant_id, order_number),
    constraint orders_effect_key_key unique (effect_key),
    constraint orders_draft_key_key unique (tenant_id, draft_key),
    constraint orders_customer_id_fkey foreign key (tenant_id, customer_id)
        references customers (tenant_id, id) on delete set null (customer_id),
    constraint orders_approval_id_fkey foreign key (tenant_id, approval_id)
        references approvals (tenant_id, id),
    constraint orders_pickup_point_id_fkey foreign key (tenant_id, pickup_point_id)
        references pickup_points (tenant_id, id),
    constraint orders_delivery_rate_id_fkey foreign key (tenant_id, delivery_rate_id)
        references delivery_rates (tenant_id, id) on delete set null (delivery_rate_id),
    constraint orders_status_check check (status in (
        'draft', 'confirmed', 'shipped', 'delivering', 'delivered', 'cancelled')),
    constraint orders_amounts_check check (subtotal >= 0 and delivery_cost >= 0),
    constraint orders_delivery_type_check check (delivery_type in ('delivery', 'pickup')),
    constraint orders_destination_check check (
        delivery_type is null
        or (delivery_type = 'pickup' and pickup_point_id is not null and delivery_cost = 0)
        or (delivery_type = 'delivery' and delivery_city <> '' and delivery_address <> '')),
    constraint orders_payment_method_check
        check (payment_method in ('cod', 'online', 'card_on_delivery')),
    -- What is not a draft any more has everything that its owner will ask for.
    constraint orders_confirmed_check check (
        status in ('draft', 'cancelled')
        or (order_number is not null and delivery_type is not null and payment_method is not null
            and recipient <> '' and confirmed_at is not null)),
    -- The agent sells only under a caller's yes, and nothing dear.
    constraint orders_agreed_check check (
        source <> 'ai_agent' or status in ('draft', 'cancelled')
        or (approval_id is not null and effect_key is not null)),
    constraint orders_amount_limit_check check (source <> 'ai_agent' or subtotal + delivery_cost <= 50000)
);
create index orders_phone_idx on orders (tenant_id, phone, confirmed_at desc);
create index orders_customer_id_idx on orders (customer_id);
create index orders_source_call_id_idx on orders (source_call_id);

create table order_items (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    order_id uuid not null,
    -- From 1, in the order in which the caller named them.
    line smallint not null,
    -- The article number.
    product_id text not null,
    product_name text not null,
    quantity integer not null,
    price_per_unit numeric(12, 2) not null,
    total numeric(12, 2) not null generated always as (quantity * price_per_unit) stored,
    created_at timestamptz not null default now(),
    constraint order_items_pkey primary key (id),
    constraint order_items_tenant_id_fkey foreign key (tenant_id) references tenants (id),
    constraint order_items_order_id_fkey foreign key (tenant_id, order_id)
        references orders (tenant_id, id) on delete cascade,
    constraint order_items_product_id_fkey foreign key (tenant_id, product_id)
        references products (tenant_id, sku),
    constraint order_items_line_key unique (order_id, line),
    constraint order_items_product_id_key unique (order_id, product_id),
    constraint order_items_quantity_check check (quantity between 1 and 99),
    constraint order_items_price_check check (price_per_unit > 0)
);
create index order_items_product_id_idx on order_items (tenant_id, product_id);

-- The sum stands on the order for those who read it, so it must be the sum when the transaction
-- ends, whoever wrote it.
create function orders_subtotal_is_the_sum()
returns trigger
language plpgsql
as $$
declare
    wanted uuid;
    wrong boolean;
begin
    if tg_table_name = 'orders' then
        wanted := new.id;
    elsif tg_op = 'DELETE' then
        wanted := old.order_id;
    else
        wanted := new.order_id;
    end if;
    select o.subtotal <> coalesce(sum(i.total), 0) into wrong
    from orders o left join order_items i on i.order_id = o.id
    where o.id = wanted group by o.id;
    if wrong then
        raise exception 'the subtotal of order % is not the sum of its lines', wanted
            using errcode = 'check_violation', constraint = 'orders_subtotal_is_the_sum',
                table = 'orders';
    end if;
    return null;
end
$$;
create constraint trigger orders_subtotal_is_the_sum
    after insert or update of subtotal on orders
    deferrable initially deferred for each row execute function orders_subtotal_is_the_sum();
create constraint trigger order_items_subtotal_is_the_sum
    after insert or update or delete on order_items
    deferrable initially deferred for each row execute function orders_subtotal_is_the_sum();

do $$
declare
    guarded text;
begin
    foreach guarded in array array['pickup_points', 'delivery_rates', 'orders', 'order_items'] loop
        execute format('alter table %I enable row level security', guarded);
        execute format('alter table %I force row level security', guarded);
        execute format(
            'create policy %I on %I using (tenant_id = nullif(current_setting(%L, true), %L)::uuid)',
            guarded || '_tenant', guarded, 'app.tenant_id', '');
        execute format('grant select, insert, update, delete on %I to treadline_app', guarded);
    end loop;
end
$$;

-- What a call led to.
alter table fitting_bookings add constraint fitting_bookings_linked_order_id_fkey
    foreign key (tenant_id, linked_order_id)
    references orders (tenant_id, id) on delete set null (linked_order_id);
alter table calls add constraint calls_order_id_fkey
    foreign key (tenant_id, order_id) references orders (tenant_id, id)
    on delete set null (order_id);

insert into housekeeping.retention (table_name, keep_days, action, reason) values
    ('pickup_points', null, 'keep', 'the shop''s own places'),
    ('delivery_rates', null, 'keep', 'the price list of delivery'),
    ('orders', 1095, 'delete', 'three years'),
    ('order_items', 1095, 'delete', 'goes with its order');
