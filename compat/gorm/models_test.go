package gorm_test

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"gorm.io/gorm"
)

// Author has many books.
type Author struct {
	gorm.Model
	Name     string `gorm:"size:100;not null"`
	Email    string `gorm:"uniqueIndex"`
	Age      int16  `gorm:"check:age >= 0"`
	Token    uuid.UUID
	Pen      *string
	Born     *time.Time     `gorm:"type:date"`
	Nicks    pq.StringArray `gorm:"type:text[]"`
	Settings Settings       `gorm:"type:jsonb"`
	Address  Address        `gorm:"serializer:json;type:jsonb"`
	Books    []Book
}

// Book belongs to an author and has tags, many to many.
type Book struct {
	ID       uint
	Title    string
	Price    float64 `gorm:"type:numeric(10,2)"`
	Cover    []byte
	AuthorID uint
	Author   Author
	Tags     []Tag `gorm:"many2many:book_tags"`
}

// Tag is on many books.
type Tag struct {
	ID   uint
	Name string `gorm:"unique"`
}

// Settings is json by its own methods, as gorm's documentation shows custom types.
type Settings map[string]any

func (s *Settings) Scan(value any) error {
	if value == nil {
		*s = nil
		return nil
	}
	text, ok := value.([]byte)
	if !ok {
		return fmt.Errorf("%T instead of []byte", value)
	}
	return json.Unmarshal(text, s)
}

func (s Settings) Value() (driver.Value, error) {
	if s == nil {
		return nil, nil
	}
	text, err := json.Marshal(s)
	return string(text), err
}

// Address is json by gorm's serializer.
type Address struct {
	Street, City string
}
