package pgadapt

import (
	"fmt"
	"slices"

	"github.com/pgadapt/pgadapt/internal/sqllex"
)

// valuesPage is the rows of Values that one statement gets.
type valuesPage struct {
	values   []any
	width    int
	template rowTemplate
}

func (p valuesPage) expand(string, int, bool) (sqllex.Expansion, []any, error) {
	return sqllex.Expansion{
		Parameters: len(p.values),
		Append: func(dst []byte, first int) []byte {
			for i := 0; i < len(p.values); i += p.width {
				if i > 0 {
					dst = append(dst, ", "...)
				}
				dst = p.template.append(dst, first+i, p.width)
			}
			return dst
		},
	}, p.values, nil
}

// rowTemplate is the text of a row: parts has what stands before each parameter and after the last one.
type rowTemplate struct {
	text    string
	parts   []string
	numbers []int
}

func newRowTemplate(text string, standardConforming bool) (rowTemplate, error) {
	template := rowTemplate{text: text}
	if text == "" {
		return template, nil
	}
	if err := sqllex.Check(text); err != nil {
		return template, fmt.Errorf("pgadapt: the template of Values: %w", err)
	}
	copied := 0
	for token, number := range sqllex.Parameters(text, standardConforming) {
		template.parts = append(template.parts, text[copied:token.Start])
		template.numbers = append(template.numbers, number)
		copied = token.End
	}
	template.parts = append(template.parts, text[copied:])
	return template, nil
}

// check compares the template with the number of values in a row.
func (t rowTemplate) check(width int) error {
	if t.text == "" {
		return nil
	}
	for _, number := range t.numbers {
		if number < 1 || number > width {
			return fmt.Errorf("the template has a $%d, but the row %d values", number, width)
		}
	}
	for number := range width {
		if !slices.Contains(t.numbers, number+1) {
			return fmt.Errorf("the row has %d values, but the template no $%d", width, number+1)
		}
	}
	return nil
}

// append writes a row whose parameters are those from $first on.
func (t rowTemplate) append(dst []byte, first, width int) []byte {
	if t.text == "" {
		return appendTuple(dst, first, width)
	}
	for i, number := range t.numbers {
		dst = appendParameter(append(dst, t.parts[i]...), first+number-1)
	}
	return append(dst, t.parts[len(t.parts)-1]...)
}
