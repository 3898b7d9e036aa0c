package abandonedreplay

import "testing"

func TestStopAfterOneLine(t *testing.T) {
	r := Start("one", "two")
	if line := <-r.Lines(); line != "one" {
		t.Errorf("the first line is %q", line)
	}
	r.Stop()
	r.Stop()
}
