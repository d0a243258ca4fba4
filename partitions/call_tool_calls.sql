-- One month of `call_tool_calls`. {partition} is its name, {from} and {to} are its bounds in UTC.
-- Run as the owner, in one transaction. Rows that came before the month was made lie in the
-- default partition; they are moved while it is locked, so that none is missed and none is seen
-- twice. Nothing is granted on a month: rights stand on the parent.
create table {partition} (like call_tool_calls including all);
lock table call_tool_calls_default in access exclusive mode;
with moved as (
    delete from call_tool_calls_default where call_started_at >= {from} and call_started_at < {to} returning *
)
insert into {partition} select * from moved;
alter table call_tool_calls attach partition {partition} for values from ({from}) to ({to});
