// Package schema describes the tables, for ent's generator.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"github.com/google/uuid"
)

// Author has many books.
type Author struct{ ent.Schema }

// Fields gives the columns.
func (Author) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty(),
		field.String("email").Unique().Optional().Nillable(),
		field.Int16("age").Default(0),
		field.Enum("mood").Values("happy", "sad").Default("happy"),
		field.UUID("token", uuid.UUID{}),
		field.Time("seen"),
		field.Strings("nicks"),
		field.JSON("settings", map[string]any{}).Optional(),
		field.Bytes("photo").Optional(),
		field.Float("score").Default(0),
	}
}

// Edges gives the relations.
func (Author) Edges() []ent.Edge { return []ent.Edge{edge.To("books", Book.Type)} }

// Book belongs to an author.
type Book struct{ ent.Schema }

// Fields gives the columns.
func (Book) Fields() []ent.Field { return []ent.Field{field.String("title").Unique()} }

// Edges gives the relations.
func (Book) Edges() []ent.Edge {
	return []ent.Edge{edge.From("author", Author.Type).Ref("books").Unique().Required()}
}
