package trace

// String draws the interleaving as a table.
func (t *Trace) String() string { return "" }
