-- What the board keeps, in the schema that search_path names. It may be run again and again.

create table if not exists talk (
	id        bigint generated always as identity primary key,
	title     text not null check (char_length(title) between 1 and 80),
	speaker   text not null check (char_length(speaker) between 1 and 60),
	minutes   int not null check (minutes between 1 and 15)
);

create unique index if not exists talk_title on talk (lower(title));

-- Whoever changes the table, this program or a person in psql, notifies with it: when the transaction commits. The
-- payload is the key; the listener reads the row.
create or replace function notify_of_talk() returns trigger language plpgsql as $$
begin
	perform pg_notify(tg_table_schema || '.talk', coalesce(new.id, old.id)::text);
	return null;
end
$$;

create or replace trigger notify_of_talk
	after insert or update or delete on talk
	for each row execute function notify_of_talk();
