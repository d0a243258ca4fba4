-- One month of `call_scenario_switches`. {partition} is its name, {from} and {to} are its bounds in UTC.
--
-- Run as the owner, in one transaction. The parent is locked first: a writer who had already been
-- sent to the default partition would otherwise fail when that no longer takes its month. Rows that
-- came before the month was made lie in the default partition and are moved. Nothing is granted on
-- a month: rights stand on the parent.
lock table only call_scenario_switches in access exclusive mode;
lock table call_scenario_switches_default in access exclusive mode;
create table {partition} (like call_scenario_switches including all);
with moved as (
    delete from call_scenario_switches_default where call_started_at >= {from} and call_started_at < {to} returning *
)
insert into {partition} select * from moved;
alter table call_scenario_switches attach partition {partition} for values from ({from}) to ({to});
