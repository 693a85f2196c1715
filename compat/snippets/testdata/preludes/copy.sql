create table users (id int, name text);
