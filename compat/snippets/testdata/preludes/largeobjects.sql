create table film (title text, content oid);
