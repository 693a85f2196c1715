create table users (id int, name text, created_at timestamptz default now());
insert into users values (7, 'Ann');
create table events (id int, day date);
insert into events select i, '2024-02-29' from generate_series(1, 5000) i;
create table players (name text, season int, score int);
insert into players select 'player ' || i, 2024, i from generate_series(1, 200) i;
create procedure divide(a int, b int, out quotient int, out remainder int) language plpgsql as
	$$ begin quotient := a / b; remainder := a % b; end $$;
create function reports() returns setof refcursor language plpgsql as $$
declare
	first refcursor := 'first';
	second refcursor := 'second';
begin
	open first for select * from users;
	return next first;
	open second for select name, score from players limit 2;
	return next second;
end $$;
