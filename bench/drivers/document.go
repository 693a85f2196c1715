package drivers

import (
	"encoding/json"
	"fmt"
)

// Document is the JSON document that the workloads read.
type Document struct {
	ID   int64    `json:"id"`
	Name string   `json:"name"`
	Tags []string `json:"tags"`
}

// jsonDocument is what a program writes where its driver knows no documents.
type jsonDocument struct{ target *Document }

// documentDestination gives nil for a target that is no document.
func documentDestination(target any) any {
	if document, ok := target.(*Document); ok {
		return &jsonDocument{document}
	}
	return nil
}

// Scan makes a document.
func (d *jsonDocument) Scan(src any) error {
	*d.target = Document{}
	switch src := src.(type) {
	case []byte:
		return json.Unmarshal(src, d.target)
	case string:
		return json.Unmarshal([]byte(src), d.target)
	}
	return fmt.Errorf("drivers: %T is no document", src)
}
