package sqllex

import "strings"

// endOfOperator gives the end of the operator that starts at start, under the
// rules of the PostgreSQL documentation, chapter 4.1.3: the longest run of
// operator characters that holds no start of a comment, and that ends in + or -
// only if one of ~ ! @ # % ^ & | ` ? is in it. So @- is one operator, but *- is
// two.
func endOfOperator(query string, start int) int {
	end := start + 1
	for end < len(query) && isOperator(query[end]) && !startsComment(query, end) {
		end++
	}
	if strings.ContainsAny(query[start:end], "~!@#%^&|`?") {
		return end
	}
	for end > start+1 && (query[end-1] == '+' || query[end-1] == '-') {
		end--
	}
	return end
}
