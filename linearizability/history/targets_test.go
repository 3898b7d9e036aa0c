package history

// The fuzz targets. They have a file of their own because tools that build them for other
// engines replace package testing in this file only: nothing here may hand its *testing.T
// to functions in other files, except as an interface.

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"annulus/linearizability/internal/fuzzed"
	"annulus/schedules/files"
)

// FuzzHistory has every checker judge the history that the input stands for: ours,
// porcupine without our hash and equality, the search behind the explanations, and one
// that tries all orders. They must agree, also on the same history under other names and
// after it was written and read; what is legal must stay so with wider intervals; and what
// the explanation of an illegal history says must be true.
func FuzzHistory(f *testing.F) {
	for _, data := range fuzzed.Seeds(48) {
		f.Add(data)
	}
	f.Add(fuzzed.SwappedReservations())
	f.Fuzz(func(t *testing.T, data []byte) {
		ring, entries := decoded(data)
		verdictOfAll(t, ring, entries)
	})
}

// Whatever a file holds, it is either refused with an error that names the place, or read,
// judged with any verdict, and written so that it can be read again.
func FuzzReadHistory(f *testing.F) {
	f.Add([]byte(written(f, everyKind())))
	f.Add([]byte(exampleHeader + "\n" + `{"task":1,"call":1,"return":2,"op":"Reserve","evictor":0,"outcome":"empty"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := Read(bytes.NewReader(text), "f")
		if err != nil {
			require.ErrorAs(t, err, new(*files.SyntaxError))
			return
		}
		back, err := Read(strings.NewReader(written(t, h)), "again")
		require.NoError(t, err)
		require.Equal(t, h, back)
		if len(h.Entries) < 10 && len(h.Ring.Classes) < 10 {
			var not *NotLinearizableError
			if errors.As(h.Judge(), &not) && not.Why != nil {
				require.NotEmpty(t, not.Why.String())
			}
		}
	})
}
