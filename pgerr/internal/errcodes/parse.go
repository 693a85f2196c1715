package errcodes

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var (
	sectionPattern   = regexp.MustCompile(`^Section: Class ([0-9A-Z]{2}) - (\S.*)$`)
	sqlStatePattern  = regexp.MustCompile(`^[0-9A-Z]{5}$`)
	macroPattern     = regexp.MustCompile(`^ERRCODE_[A-Z0-9_]+$`)
	conditionPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

// Parse reads a list in the format that the head of errcodes.txt describes. Lines without a condition name, which
// only give a code a second C macro, are left out; they may stand in the section of another class.
func Parse(list string) ([]Class, error) {
	var classes []Class
	number := 0
	for line := range strings.Lines(list) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		var err error
		if classes, err = appendLine(classes, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return classes, nil
}

// appendLine opens a class, or adds a condition to the last one.
func appendLine(classes []Class, line string) ([]Class, error) {
	if strings.HasPrefix(line, "Section:") {
		class, err := parseSection(line)
		return append(classes, class), err
	}
	if len(classes) == 0 {
		return nil, errors.New("a code before the first section")
	}
	last := &classes[len(classes)-1]
	condition, err := parseCondition(line)
	if err != nil {
		return nil, err
	}
	if condition.Name == "" {
		return classes, nil
	}
	if !strings.HasPrefix(condition.SQLState, last.Code) {
		return nil, fmt.Errorf("%s is in the section of class %s", condition.SQLState, last.Code)
	}
	last.Conditions = append(last.Conditions, condition)
	return classes, nil
}

func parseSection(line string) (Class, error) {
	match := sectionPattern.FindStringSubmatch(line)
	if match == nil {
		return Class{}, fmt.Errorf("%q is not \"Section: Class xx - title\"", line)
	}
	return Class{Code: match[1], Title: match[2]}, nil
}

func parseCondition(line string) (Condition, error) {
	fields := strings.Fields(line)
	if len(fields) != 3 && len(fields) != 4 {
		return Condition{}, fmt.Errorf("%d columns where there should be 3 or 4", len(fields))
	}
	condition := Condition{SQLState: fields[0], Kind: Kind(fields[1])}
	if !sqlStatePattern.MatchString(condition.SQLState) {
		return Condition{}, fmt.Errorf("%q is not five digits and capital letters", condition.SQLState)
	}
	if kind := condition.Kind; kind != Error && kind != Warning && kind != Success {
		return Condition{}, fmt.Errorf("kind %q is not E, W or S", kind)
	}
	if !macroPattern.MatchString(fields[2]) {
		return Condition{}, fmt.Errorf("%q is not the name of an ERRCODE macro", fields[2])
	}
	if len(fields) == 3 {
		return condition, nil
	}
	condition.Name = fields[3]
	if !conditionPattern.MatchString(condition.Name) {
		return Condition{}, fmt.Errorf("%q is not a condition name", condition.Name)
	}
	return condition, nil
}
