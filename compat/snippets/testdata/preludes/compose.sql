create table users (id int, name text, email text, age int, created timestamptz);
