create table orders (id int primary key, article text);
create publication shop for table orders;
select pg_create_physical_replication_slot('archive');
