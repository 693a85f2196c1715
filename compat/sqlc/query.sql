-- name: CreateAuthor :one
insert into authors (name, email, age, mood, token, born, seen, nicks, scores, settings, price, photo)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning *;

-- name: GetAuthor :one
select * from authors where id = $1;

-- name: ListAuthors :many
select id, name, mood from authors where id = any(@ids::bigint[]) and name like sqlc.narg('pattern') order by id;

-- name: SetMood :execrows
update authors set mood = $2 where id = $1;

-- name: DeleteAuthor :exec
delete from authors where id = $1;

-- name: CreateBooks :exec
insert into books (author_id, title) select @author_id, unnest(@titles::text[]);

-- name: BooksOfAuthors :many
select sqlc.embed(authors), sqlc.embed(books) from books join authors on authors.id = books.author_id order by books.id;
