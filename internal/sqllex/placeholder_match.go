package sqllex

import (
	"fmt"
	"slices"
)

// addMissing notes a placeholder without an argument. All of them are reported
// together at the end.
func (r *rewriter) addMissing(offset int, name string) {
	if len(r.missing) == 0 {
		r.missingOffset = offset
	}
	if !slices.Contains(r.missing, name) {
		r.missing = append(r.missing, name)
	}
}

// complete says, at the end of the query, whether each placeholder has got its
// argument and each argument its placeholder.
func (r *rewriter) complete() error {
	if len(r.missing) > 0 {
		return r.missingError()
	}
	if len(r.arguments.Names) > 0 {
		return r.checkUnused()
	}
	if len(r.parameters) == r.arguments.Positional {
		return nil
	}
	return r.countError()
}

func (r *rewriter) missingError() error {
	advice := "pass it with sql.Named; the names that were given are " + quotedNames(r.arguments.Names)
	if r.style == Named {
		advice += "; write a blank after a colon that starts no placeholder"
	}
	err := at(r.query, r.missingOffset, "no argument with the name "+quotedNames(r.missing), advice)
	err.Names = r.missing
	return err
}

// checkUnused refuses unused names, unless the query has placeholders that would
// not be overlooked if they were misspelt.
func (r *rewriter) checkUnused() error {
	if r.ownNames {
		return nil
	}
	var unused []string
	for argument, number := range r.numbers {
		if number == 0 {
			unused = append(unused, r.arguments.Names[argument])
		}
	}
	if len(unused) == 0 {
		return nil
	}
	return &PlaceholderError{
		Names:  unused,
		reason: "no placeholder for the argument with the name " + quotedNames(unused),
		advice: "write " + r.style.form(unused[0]) + " where its value belongs, outside of quotes and " +
			"with a blank before it if an operator is there, or leave the argument out",
	}
}

func (r *rewriter) countError() error {
	return &PlaceholderError{
		reason: fmt.Sprintf("the query has %s for %s",
			counted(len(r.parameters), "placeholder"), counted(r.arguments.Positional, "argument")),
		advice: fmt.Sprintf("each argument needs a placeholder of its own (%s in the style %v), outside of quotes",
			r.example(), r.style),
	}
}

func counted(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", count, noun)
}
