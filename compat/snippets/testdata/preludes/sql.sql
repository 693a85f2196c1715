create table users (id int, name text); create table points (x int, y int);
