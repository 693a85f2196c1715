package pgtest

import (
	"fmt"
	"slices"
)

// npmVersion is a version of the npm package: PostgreSQL's two numbers, a patch number and the number
// of the package's own pre-release, such as 18.4.0-beta.17.
type npmVersion struct {
	numbers [4]int
	text    string
}

func (v npmVersion) String() string { return v.text }
func (v npmVersion) major() int     { return v.numbers[0] }

// parseNPMVersion reads a version and tells whether it is a beta, which is all that the package
// publishes besides some early alphas.
func parseNPMVersion(text string) (npmVersion, bool) {
	v := npmVersion{text: text}
	n := &v.numbers
	if _, err := fmt.Sscanf(text, "%d.%d.%d-beta.%d", &n[0], &n[1], &n[2], &n[3]); err != nil {
		return npmVersion{}, false
	}
	return v, v.canonical() == text
}

func (v npmVersion) canonical() string {
	return fmt.Sprintf("%d.%d.%d-beta.%d", v.numbers[0], v.numbers[1], v.numbers[2], v.numbers[3])
}

func parseNPMVersions(texts []string) []npmVersion {
	var versions []npmVersion
	for _, text := range texts {
		if version, ok := parseNPMVersion(text); ok {
			versions = append(versions, version)
		}
	}
	return versions
}

// newest gives the newest version of a major version, 0 for any, and tells whether there is one.
func newest(versions []npmVersion, major int) (npmVersion, bool) {
	matching := slices.DeleteFunc(slices.Clone(versions), func(v npmVersion) bool {
		return major != 0 && v.major() != major
	})
	if len(matching) == 0 {
		return npmVersion{}, false
	}
	return slices.MaxFunc(matching, func(a, b npmVersion) int {
		return slices.Compare(a.numbers[:], b.numbers[:])
	}), true
}
