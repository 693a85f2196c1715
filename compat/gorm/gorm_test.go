package gorm_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/pgadapt/pgadapt/pgerr"
)

func ada() *Author {
	pen, born := "A.A.L.", time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC)
	return &Author{
		Name: "Ada", Email: "ada@example.com", Age: 36, Pen: &pen, Born: &born,
		Token:    uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff"),
		Nicks:    pq.StringArray{"Countess", `a "quoted", one`},
		Settings: Settings{"dark": true, "size": 12.5},
		Address:  Address{Street: "St James's Square 12", City: "London"},
	}
}

func TestCreateAndRead(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *gorm.DB) {
		author := ada()
		require.NoError(t, db.Create(author).Error)
		require.NotZero(t, author.ID)

		var read Author
		require.NoError(t, db.First(&read, "email = ?", author.Email).Error)
		require.WithinDuration(t, author.CreatedAt, read.CreatedAt, time.Millisecond)
		read.Model, author.Model = gorm.Model{}, gorm.Model{}
		require.Equal(t, *author, read)
		require.ErrorIs(t, db.First(&Author{}, "email = ?", "nobody@example.com").Error, gorm.ErrRecordNotFound)
	})
}

func TestUpdateAndDelete(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *gorm.DB) {
		author := ada()
		require.NoError(t, db.Create(author).Error)
		result := db.Model(author).Updates(map[string]any{"age": gorm.Expr("age + ?", 1), "pen": nil})
		require.NoError(t, result.Error)
		require.EqualValues(t, 1, result.RowsAffected)
		var changed []Author
		require.NoError(t, db.Model(&changed).Clauses(clause.Returning{}).Where("age > ?", 30).Update("name", "Augusta").Error)
		require.Len(t, changed, 1)
		require.Equal(t, "Augusta", changed[0].Name)
		require.EqualValues(t, 37, changed[0].Age)
		require.Nil(t, changed[0].Pen)

		require.NoError(t, db.Delete(author).Error)
		var live, all int64
		require.NoError(t, db.Model(&Author{}).Count(&live).Error)
		require.NoError(t, db.Unscoped().Model(&Author{}).Count(&all).Error)
		require.EqualValues(t, []int64{0, 1}, []int64{live, all})
	})
}

func TestRelations(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *gorm.DB) {
		math := Tag{Name: "math"}
		author := ada()
		author.Books = []Book{
			{Title: "Notes", Price: 12.34, Cover: []byte{0, 1, 255}, Tags: []Tag{math, {Name: "engines"}}},
			{Title: "Letters", Price: 0.5},
		}
		require.NoError(t, db.Create(author).Error)

		var read Author
		require.NoError(t, db.Preload("Books", func(db *gorm.DB) *gorm.DB { return db.Order("books.id") }).
			Preload("Books.Tags").First(&read, author.ID).Error)
		require.Len(t, read.Books, 2)
		require.Equal(t, []byte{0, 1, 255}, read.Books[0].Cover)
		require.Equal(t, 12.34, read.Books[0].Price)
		require.Len(t, read.Books[0].Tags, 2)
		require.Empty(t, read.Books[1].Tags)

		var joined []Book
		require.NoError(t, db.Joins("Author").Where(`"Author"."name" in ?`, []string{"Ada", "Ben"}).Find(&joined).Error)
		require.Len(t, joined, 2)
		require.Equal(t, "Ada", joined[0].Author.Name)
		require.NoError(t, db.Model(&read.Books[0]).Association("Tags").Clear())
		require.Zero(t, db.Model(&read.Books[0]).Association("Tags").Count())
	})
}

func TestTransactions(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *gorm.DB) {
		stop := errors.New("stop")
		require.ErrorIs(t, db.Transaction(func(tx *gorm.DB) error {
			require.NoError(t, tx.Create(ada()).Error)
			return stop
		}), stop)
		require.NoError(t, db.Transaction(func(tx *gorm.DB) error {
			require.NoError(t, tx.Create(&Tag{Name: "outer"}).Error)
			require.ErrorIs(t, tx.Transaction(func(nested *gorm.DB) error { // a savepoint
				require.NoError(t, nested.Create(&Tag{Name: "inner"}).Error)
				return nested.Create(&Tag{Name: "outer"}).Error
			}), gorm.ErrDuplicatedKey)
			return nil
		}))
		var names []string
		require.NoError(t, db.Model(&Tag{}).Pluck("name", &names).Error)
		require.Equal(t, []string{"outer"}, names)
		var authors int64
		require.NoError(t, db.Model(&Author{}).Count(&authors).Error)
		require.Zero(t, authors)
	})
}

func TestBulk(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *gorm.DB) {
		tags := make([]Tag, 1000)
		for i := range tags {
			tags[i].Name = fmt.Sprint("tag ", i)
		}
		require.NoError(t, db.CreateInBatches(tags, 300).Error)
		result := db.Clauses(clause.OnConflict{DoNothing: true}).Create([]Tag{{Name: "tag 1"}, {Name: "new"}})
		require.NoError(t, result.Error)
		require.EqualValues(t, 1, result.RowsAffected)
		var batches, seen int
		require.NoError(t, db.FindInBatches(&[]Tag{}, 400, func(tx *gorm.DB, batch int) error {
			batches, seen = batch, seen+int(tx.RowsAffected)
			return nil
		}).Error)
		require.Equal(t, []int{3, 1001}, []int{batches, seen})
	})
}

func TestJSONAndArraysInConditions(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *gorm.DB) {
		require.NoError(t, db.Create(ada()).Error)
		for _, condition := range [][]any{
			{"settings @> ?", `{"dark": true}`},
			{"settings ->> ? = ?", "size", "12.5"},
			{"address ->> 'city' is null and address ->> 'City' = ?", "London"},
			{"? = any(nicks)", "Countess"},
			{"nicks && ?", pq.StringArray{"Countess", "other"}},
			{"age between @low and @high", map[string]any{"low": 30, "high": 40}},
			{"born < ?", time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)},
		} {
			var count int64
			require.NoError(t, db.Model(&Author{}).Where(condition[0], condition[1:]...).Count(&count).Error, condition)
			require.EqualValues(t, 1, count, condition)
		}
	})
}

// TestTranslatedErrors needs an error that is written as JSON with the keys Code and Message: gorm.io/driver/postgres
// asks for pgconn's own type without errors.As, and otherwise looks there.
func TestTranslatedErrors(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *gorm.DB) {
		require.NoError(t, db.Create(ada()).Error)
		negative := ada()
		negative.Email, negative.Age = "other@example.com", -1
		for _, test := range []struct {
			err, want error
		}{
			{db.Create(ada()).Error, gorm.ErrDuplicatedKey},
			{db.Create(&Book{Title: "nobody's", AuthorID: 999999}).Error, gorm.ErrForeignKeyViolated},
			{db.Create(negative).Error, gorm.ErrCheckConstraintViolated},
			{db.Where("no_such_column = 1").Find(&[]Tag{}).Error, gorm.ErrInvalidField},
		} {
			require.ErrorIs(t, test.err, test.want)
		}

		untranslated := db.Session(&gorm.Session{})
		untranslated.Config = &gorm.Config{}
		*untranslated.Config = *db.Config
		untranslated.TranslateError = false
		err := untranslated.Create(ada()).Error
		require.ErrorIs(t, err, pgerr.UniqueViolation)
		var server *pgconn.PgError
		require.ErrorAs(t, err, &server)
		require.Equal(t, "idx_authors_email", server.ConstraintName)
	})
}

func TestMigrator(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *gorm.DB) {
		migrator := db.Migrator()
		require.NoError(t, db.AutoMigrate(&Author{}, &Book{}, &Tag{}), "a second time changes nothing")
		require.True(t, migrator.HasTable(&Author{}))
		require.True(t, migrator.HasIndex(&Author{}, "Email"))
		require.True(t, migrator.HasConstraint(&Author{}, "Books"))
		columns, err := migrator.ColumnTypes(&Author{})
		require.NoError(t, err)
		types := map[string]string{}
		for _, column := range columns {
			types[column.Name()] = column.DatabaseTypeName()
		}
		require.Subset(t, types, map[string]string{"id": "int8", "name": "varchar", "nicks": "text[]", "settings": "jsonb",
			"born": "date", "age": "int2", "created_at": "timestamptz"})

		require.NoError(t, migrator.AddColumn(&withColumn{}, "Extra"))
		require.True(t, migrator.HasColumn(&withColumn{}, "Extra"))
		require.NoError(t, migrator.AlterColumn(&withColumn{}, "Extra"))
		require.NoError(t, migrator.DropColumn(&withColumn{}, "Extra"))
		require.False(t, migrator.HasColumn(&withColumn{}, "Extra"))
	})
}

// withColumn is the table of Tag with a column more.
type withColumn struct {
	ID    uint
	Extra string `gorm:"size:40;default:none"`
}

func (withColumn) TableName() string { return "tags" }

func TestRawRows(t *testing.T) {
	eachWayToOpen(t, func(t *testing.T, db *gorm.DB) {
		require.NoError(t, db.Create([]Tag{{Name: "a"}, {Name: "b"}}).Error)
		require.NoError(t, db.Transaction(func(tx *gorm.DB) error {
			rows, err := tx.Raw("select * from tags order by name").Rows()
			require.NoError(t, err)
			defer rows.Close()
			for rows.Next() { // each row changes the table that is being read
				var tag Tag
				require.NoError(t, tx.ScanRows(rows, &tag))
				require.NoError(t, tx.Exec("update tags set name = ? where id = ?", tag.Name+"!", tag.ID).Error)
			}
			return rows.Err()
		}))
		var names []map[string]any
		require.NoError(t, db.Table("tags").Select("name").Order("name").Find(&names).Error)
		require.Equal(t, []map[string]any{{"name": "a!"}, {"name": "b!"}}, names)
	})
}
