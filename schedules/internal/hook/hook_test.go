package hook

import "testing"

// Still tells whether the running task has come to an operation since the last
// call, whether or not another task has had its turn.
func TestStill(t *testing.T) {
	var c struct{ Controller }
	Install(c)
	defer Uninstall()
	still := func(want bool, after string) {
		t.Helper()
		if got := Still(); got != want {
			t.Errorf("after %s: %v", after, got)
		}
	}
	still(false, "the beginning")
	still(false, "no task")
	SetRunning(G())
	still(false, "a task's beginning")
	still(true, "nothing")
	still(true, "nothing for long")
	if Current() != c {
		t.Error("the task is not known")
	}
	still(false, "an operation")
	still(true, "nothing again")
	SetRunning(G())
	still(false, "another turn")
	Quietly(func() {
		if Current() != nil {
			t.Error("a task that is quiet is known")
		}
		still(false, "no task is running")
	})
	SetRunning(0)
	still(false, "the end")
}

func TestOthersAreNotTheTask(t *testing.T) {
	Install(struct{ Controller }{})
	defer Uninstall()
	SetRunning(G())
	Still()
	done := make(chan Controller)
	go func() { done <- Current() }()
	if c := <-done; c != nil {
		t.Error("another goroutine is taken for the task")
	}
	if !Still() {
		t.Error("another goroutine's operation is taken for the task's")
	}
}

func BenchmarkCurrent(b *testing.B) {
	Install(struct{ Controller }{})
	defer Uninstall()
	SetRunning(G())
	for b.Loop() {
		_ = Current()
	}
}
