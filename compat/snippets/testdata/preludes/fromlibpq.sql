create table article (tags text[]);
insert into article values ('{a,b}');
create table account (email text unique);
insert into account values ('ann@example.com');
create table item (id int, seen bool);
insert into item select i from generate_series(1, 100) i;
