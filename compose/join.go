package compose

// Join gives the parts with the separator between them. Without parts it gives the
// empty text, which [Composed.IsEmpty] finds.
func Join(separator constantText, parts ...Composed) Composed {
	between := SQL(separator)
	pieces := make([]Composed, 0, 2*len(parts))
	for i, one := range parts {
		if i > 0 {
			pieces = append(pieces, between)
		}
		pieces = append(pieces, one)
	}
	return Composed{}.Append(pieces...)
}
