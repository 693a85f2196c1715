create table account (id int primary key, amount int not null);
insert into account values (1, 1000), (2, 1000);
create table member (name text unique);
