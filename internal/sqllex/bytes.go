package sqllex

// byteClass says what a byte can start in SQL text.
type byteClass uint8

const (
	otherByte byteClass = iota
	spaceByte
	letterByte
	digitByte
	operatorByte
	punctuationByte
)

// byteClasses has the class of each byte. The server's scanner works on bytes
// too: it takes every byte above 0x7F for a letter.
var byteClasses = classifyBytes()

func classifyBytes() (classes [256]byteClass) {
	set := func(class byteClass, members string) {
		for i := range len(members) {
			classes[members[i]] = class
		}
	}
	set(spaceByte, " \t\n\r\f\v")
	set(letterByte, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
	set(digitByte, "0123456789")
	set(operatorByte, "+-*/<>=~!@#%^&|`?")
	set(punctuationByte, "()[],.:;")
	for b := 0x80; b <= 0xFF; b++ {
		classes[b] = letterByte
	}
	return classes
}

func isDigit(b byte) bool { return byteClasses[b] == digitByte }

func isLetter(b byte) bool { return byteClasses[b] == letterByte }

func isSpace(b byte) bool { return byteClasses[b] == spaceByte }

func isOperator(b byte) bool { return byteClasses[b] == operatorByte }

// lower folds the case of an ASCII letter. PostgreSQL recognises keywords by
// their ASCII letters only, so Unicode folding would find too many.
func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + ('a' - 'A')
	}
	return b
}

// isKeyword says whether the word is the keyword, which is in lower case.
func isKeyword(word, keyword string) bool {
	if len(word) != len(keyword) {
		return false
	}
	for i := range len(word) {
		if lower(word[i]) != keyword[i] {
			return false
		}
	}
	return true
}

// byteAt gives the byte at the position, or 0 past the end of the text. 0 is
// part of no token longer than itself.
func byteAt(query string, position int) byte {
	if position >= len(query) {
		return 0
	}
	return query[position]
}
