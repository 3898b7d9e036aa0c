package atomic

import (
	"os"
	"strings"
	"testing"
)

// The five integer types are written five times, since generics would cost the inlining
// that drop-ins live on. But for their names they are one text.
func TestIntegersAreWrittenAlike(t *testing.T) {
	int64s, err := os.ReadFile("int64.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Int32", "Uint32", "Uint64", "Uintptr"} {
		file := strings.ToLower(name) + ".go"
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.NewReplacer("Int64", name, "int64", strings.ToLower(name)).Replace(string(int64s))
		lines := strings.Split(string(got), "\n")
		for i, line := range strings.Split(want, "\n") {
			if i >= len(lines) || lines[i] != line {
				t.Fatalf("%s:%d: by int64.go it should be\n%s", file, i+1, line)
			}
		}
		if string(got) != want {
			t.Errorf("%s has more than int64.go", file)
		}
	}
}
