-- One month of `call_traces`. {partition} is its name, {from} and {to} are its bounds in UTC.
--
-- Run as the owner, in one transaction. The parent is locked first: a writer who had already been
-- sent to the default partition would otherwise fail when that no longer takes its month. Rows that
-- came before the month was made lie in the default partition and are moved. Nothing is granted on
-- a month: rights stand on the parent.
lock table only call_traces in access exclusive mode;
lock table call_traces_default in access exclusive mode;
create table {partition} (like call_traces including all);
with moved as (
    delete from call_traces_default where call_started_at >= {from} and call_started_at < {to} returning *
)
insert into {partition} select * from moved;
alter table call_traces attach partition {partition} for values from ({from}) to ({to});
