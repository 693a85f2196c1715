// Package sentinel decides on the constants of package pgerr: which there are, and what they are called in Go.
package sentinel

import (
	"fmt"
	"strings"

	"github.com/pgadapt/pgadapt/pgerr/internal/errcodes"
)

// Sentinel is a constant to be.
type Sentinel struct {
	errcodes.Condition
	// GoName is the name of the constant.
	GoName string
}

// Class is a class of codes with its constants.
type Class struct {
	errcodes.Class
	// Sentinels are the constants in the order of their codes. The first one stands for the class.
	Sentinels []Sentinel
}

// Of gives every condition a Go name of its own, and every class a sentinel.
func Of(classes []errcodes.Class) ([]Class, error) {
	named := make([]Class, len(classes))
	for i, class := range classes {
		named[i].Class = class
		for _, condition := range withCategory(class) {
			named[i].Sentinels = append(named[i].Sentinels, Sentinel{condition, goName(condition.Name)})
		}
	}
	if err := tellApart(named); err != nil {
		return nil, err
	}
	return named, nil
}

// withCategory gives the class's conditions, the first of which is the code ending in 000 that stands for the class.
// Where the list has none, it is named for the class's title.
func withCategory(class errcodes.Class) []errcodes.Condition {
	category := class.Code + "000"
	if len(class.Conditions) > 0 && class.Conditions[0].SQLState == category {
		return class.Conditions
	}
	name := strings.ReplaceAll(strings.ToLower(class.Title), " ", "_")
	generic := errcodes.Condition{SQLState: category, Kind: errcodes.Error, Name: name}
	return append([]errcodes.Condition{generic}, class.Conditions...)
}

// suffixes tell codes apart that share a condition name, by class. Ext is psycopg2's suffix, which leaves out class 01.
var suffixes = map[string]string{"01": "Warning", "38": "Ext", "39": "Ext"}

// tellApart adds the suffix of its class to a Go name that occurs twice.
func tellApart(classes []Class) error {
	uses := map[string]int{}
	for _, class := range classes {
		for _, sentinel := range class.Sentinels {
			uses[sentinel.GoName]++
		}
	}
	for _, class := range classes {
		for i, sentinel := range class.Sentinels {
			if uses[sentinel.GoName] > 1 {
				class.Sentinels[i].GoName += suffixes[class.Code]
			}
		}
	}
	return checkDistinct(classes)
}

func checkDistinct(classes []Class) error {
	taken := map[string]string{}
	for _, class := range classes {
		for _, sentinel := range class.Sentinels {
			if other, found := taken[sentinel.GoName]; found {
				return fmt.Errorf("%s would be the name of %s and of %s: give one of their classes a suffix",
					sentinel.GoName, other, sentinel.SQLState)
			}
			taken[sentinel.GoName] = sentinel.SQLState
		}
	}
	return nil
}

// spellings are the words of condition names that are more than capitalised.
var spellings = map[string]string{
	"fdw":           "FDW",
	"io":            "IO",
	"json":          "JSON",
	"plpgsql":       "PLpgSQL",
	"sql":           "SQL",
	"sqlclient":     "SQLClient",
	"sqlconnection": "SQLConnection",
	"sqlserver":     "SQLServer",
	"sqlstate":      "SQLState",
	"srf":           "SRF",
	"xml":           "XML",
	"xquery":        "XQuery",
}

// goName turns unique_violation into UniqueViolation.
func goName(condition string) string {
	var name strings.Builder
	for word := range strings.SplitSeq(condition, "_") {
		if spelling, found := spellings[word]; found {
			word = spelling
		}
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}
