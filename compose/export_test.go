package compose

// FormatText is Format with a template that is no constant.
func FormatText(template string, arguments ...FormatArgument) Composed {
	return Format(constantText(template), arguments...)
}
