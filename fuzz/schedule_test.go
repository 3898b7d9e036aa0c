package fuzz

import (
	"path/filepath"
	"sync"
	"testing"
)

// FuzzSchedule executes the program that the input stands for under the schedule
// that it stands for, and a few like it.
func FuzzSchedule(f *testing.F) {
	f.Fuzz(func(t *testing.T, program, schedule []byte) {
		x := DecodeExecution(program, schedule)
		r, err := x.Run(Variations)
		if err != nil {
			t.Fatal(err)
		}
		if r.Failure != nil {
			t.Fatal(explained(t, x, r.Failure.Error()))
		}
	})
}

var (
	explaining  sync.Mutex
	explanation = map[string]string{}
)

// explained returns the report about a failing execution. When Go's engine
// minimises an input it fails many times over in the same way, and one report about
// that is enough.
func explained(t *testing.T, x Execution, message string) string {
	explaining.Lock()
	defer explaining.Unlock()
	dir, err := filepath.Abs(filepath.Join("..", ".annulus"))
	if err != nil {
		t.Fatal(err)
	}
	text, ok := explanation[message]
	if !ok {
		if text, err = x.Explain(Variations, dir); err != nil {
			t.Fatalf("%s\n%v", message, err)
		}
		explanation[message] = text
	}
	return text
}
