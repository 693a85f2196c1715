package framing

// HoldBackAbove has messages held back whose bodies are longer than that, so that tests need not send megabytes.
func (r *Reader) HoldBackAbove(length int) { r.direct = length }
