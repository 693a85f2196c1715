package dsn

import (
	"errors"
	"fmt"
	"slices"
)

var (
	errOddOverrides = errors.New("dsn: Make needs keywords and values in pairs after the base, and the last keyword has no value")
	errTwoDatabases = errors.New("dsn: Make was given both dbname and its other name database, give one of them")
)

// Make is psycopg2's make_dsn: the settings of base, which may be empty, and over them those of
// overrides, which are keywords and values in turn. Values may hold any character but NUL.
//
//	p, err := dsn.Make("postgresql://db/app", "user", name, "password", secret)
//
// An override replaces the value in base; an empty value makes the setting present and empty. To remove
// a setting use [Params.Delete] on the result. In an override, database is another name for dbname.
//
// The first dbname among the overrides may be a connection string (it starts with "postgresql://" or
// "postgres://", or has a "="). All its settings then take part at that place, over base and what came
// before, and under the overrides that follow, as PQconnectdbParams does it with expand_dbname. A
// dbname inside of base, or inside of such a connection string, is taken as it stands.
//
// The error is a [*ParseError], perhaps wrapped, for a connection string that cannot be read; otherwise
// it tells which override cannot be used, see [Params.Set].
func Make(base string, overrides ...string) (Params, error) {
	p, err := Parse(base)
	if err != nil {
		return Params{}, err
	}
	pairs, err := overridePairs(overrides)
	if err != nil {
		return Params{}, err
	}
	pairs, err = expandDatabase(pairs)
	if err != nil {
		return Params{}, err
	}
	c := collector{list: slices.Clone(p.list())}
	for _, s := range pairs {
		if err := checkSetting(s.keyword, s.value); err != nil {
			return Params{}, err
		}
		c.store(s.keyword, s.value)
	}
	return c.params(), nil
}

func overridePairs(overrides []string) ([]setting, error) {
	if len(overrides)%2 != 0 {
		return nil, errOddOverrides
	}
	seen := ""
	var pairs []setting
	for pair := range slices.Chunk(overrides, 2) {
		keyword := pair[0]
		if keyword == "dbname" || keyword == "database" {
			if seen != "" && seen != keyword {
				return nil, errTwoDatabases
			}
			seen, keyword = keyword, "dbname"
		}
		pairs = append(pairs, setting{keyword, pair[1]})
	}
	return pairs, nil
}

// expandDatabase puts the settings of the first dbname in its place, if that is a connection string.
func expandDatabase(pairs []setting) ([]setting, error) {
	i := slices.IndexFunc(pairs, func(s setting) bool { return s.keyword == "dbname" })
	if i < 0 || !isConnectionString(pairs[i].value) {
		return pairs, nil
	}
	expanded, err := Parse(pairs[i].value)
	if err != nil {
		return nil, fmt.Errorf("dsn: the dbname given to Make is a connection string that cannot be read: %w", err)
	}
	return slices.Replace(pairs, i, i+1, expanded.list()...), nil
}
