create table article (tags text[]);
insert into article values ('{a,b}');
create table item (id int, seen bool default false);
insert into item select i from generate_series(1, 100) i;
