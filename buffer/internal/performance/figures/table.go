package figures

import (
	"fmt"
	"slices"
	"strings"
)

// Table is the text of a table in Markdown.
type Table struct{ strings.Builder }

// NewTable returns a table with a heading: the first column is aligned to the left, the
// others to the right.
func NewTable(heading ...string) *Table {
	t := new(Table)
	t.Row(heading...)
	t.Row(append([]string{"---"}, slices.Repeat([]string{"--:"}, len(heading)-1)...)...)
	return t
}

// Row adds a row.
func (t *Table) Row(cells ...string) { fmt.Fprintf(t, "| %s |\n", strings.Join(cells, " | ")) }
