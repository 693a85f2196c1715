create table account (email text unique);
