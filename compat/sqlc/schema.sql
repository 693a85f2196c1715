create type mood as enum ('happy', 'sad');

create table authors (
    id       bigint generated always as identity primary key,
    name     text not null,
    email    text unique,
    age      smallint,
    mood     mood not null default 'happy',
    token    uuid not null,
    born     date,
    seen     timestamptz not null,
    nicks    text[] not null,
    scores   bigint[],
    settings jsonb not null,
    price    numeric(10, 2),
    photo    bytea
);

create table books (
    id        bigint generated always as identity primary key,
    author_id bigint not null references authors (id),
    title     text not null
);
