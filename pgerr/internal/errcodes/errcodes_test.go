package errcodes_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pgadapt/pgadapt/pgerr/internal/errcodes"
)

const twoClasses = `# comment
Section: Class 23 - Integrity Constraint Violation

23505    E    ERRCODE_UNIQUE_VIOLATION     unique_violation
23502    E    ERRCODE_NOT_NULL_VIOLATION   not_null_violation
23502    E    ERRCODE_SECOND_MACRO
Section: Class 01 - Warning
01000    W    ERRCODE_WARNING              warning
`

func TestParse(t *testing.T) {
	t.Parallel()
	classes, err := errcodes.Parse(twoClasses)
	require.NoError(t, err)
	require.Equal(t, []errcodes.Class{
		{Code: "23", Title: "Integrity Constraint Violation", Conditions: []errcodes.Condition{
			{SQLState: "23505", Kind: errcodes.Error, Name: "unique_violation"},
			{SQLState: "23502", Kind: errcodes.Error, Name: "not_null_violation"},
		}},
		{Code: "01", Title: "Warning", Conditions: []errcodes.Condition{
			{SQLState: "01000", Kind: errcodes.Warning, Name: "warning"},
		}},
	}, classes)
}

var malformed = map[string]struct{ list, message string }{
	"code before a section": {"23505 E ERRCODE_X x", "line 1: a code before the first section"},
	"section without class": {"\nSection: Integrity", "line 2: "},
	"code of another class": {"Section: Class 23 - X\n22000 E ERRCODE_X x", "22000 is in the section of class 23"},
	"two columns":           {"Section: Class 23 - X\n23000 E", "2 columns"},
	"five columns":          {"Section: Class 23 - X\n23000 E ERRCODE_X x y", "5 columns"},
	"lower-case code":       {"Section: Class 23 - X\n23a00 E ERRCODE_X x", `"23a00" is not five`},
	"unknown kind":          {"Section: Class 23 - X\n23000 F ERRCODE_X x", `kind "F"`},
	"macro":                 {"Section: Class 23 - X\n23000 E X x", "ERRCODE macro"},
	"condition name":        {"Section: Class 23 - X\n23000 E ERRCODE_X X", `"X" is not a condition name`},
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range malformed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := errcodes.Parse(test.list)
			require.ErrorContains(t, err, test.message)
		})
	}
}

// FuzzParse checks that what is accepted keeps every promise of the format.
func FuzzParse(f *testing.F) {
	f.Add(twoClasses)
	for _, test := range malformed {
		f.Add(test.list)
	}
	f.Fuzz(func(t *testing.T, list string) {
		classes, err := errcodes.Parse(list)
		if err != nil {
			require.Nil(t, classes)
			return
		}
		for _, class := range classes {
			require.Len(t, class.Code, 2)
			require.NotEmpty(t, class.Title)
			for _, condition := range class.Conditions {
				require.Len(t, condition.SQLState, 5)
				require.True(t, strings.HasPrefix(condition.SQLState, class.Code))
				require.Contains(t, list, condition.Name)
				require.NotEmpty(t, condition.Name)
			}
		}
	})
}

func TestClasses(t *testing.T) {
	t.Parallel()
	classes, err := errcodes.Classes()
	require.NoError(t, err)
	codes := make([]string, len(classes))
	seen := map[string]bool{}
	for i, class := range classes {
		codes[i] = class.Code
		require.NotEmpty(t, class.Conditions, class.Code)
		for _, condition := range class.Conditions {
			require.False(t, seen[condition.SQLState], "%s twice", condition.SQLState)
			seen[condition.SQLState] = true
		}
	}
	require.IsIncreasing(t, codes)
	for name, code := range map[string]string{"in the current list": "25P04", "retired": "72000"} {
		require.True(t, seen[code], "%s: %s", name, code)
	}
}
