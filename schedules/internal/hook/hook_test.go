package hook

import (
	"testing"
	"unsafe"
)

// Still tells whether a task has come to a yield point since the last call.
func TestStill(t *testing.T) {
	Install(struct{ Controller }{})
	defer Uninstall()
	still := func(want bool, after string) {
		t.Helper()
		if got := Still(); got != want {
			t.Errorf("after %s: %v", after, got)
		}
	}
	Passed()
	still(false, "the beginning")
	still(false, "no task")
	SetRunning(G())
	Passed()
	still(false, "a task's beginning")
	still(true, "nothing")
	still(true, "nothing for long")
	Passed()
	still(false, "an operation")
	still(true, "nothing again")
	Quietly(func() {
		if Current() != nil {
			t.Error("a task that is quiet is known")
		}
		still(false, "no task is running")
	})
	SetRunning(0)
	still(false, "the end")
}

func TestUncontrolledUsersAreRemembered(t *testing.T) {
	Install(struct{ Controller }{})
	defer Uninstall()
	SetRunning(G())
	a, b, c := new(int), new(int), new(int)
	For(unsafe.Pointer(a))
	if AnyUncontrolled() {
		t.Error("the task is uncontrolled")
	}
	Quietly(func() { For(unsafe.Pointer(b)) })
	if AnyUncontrolled() {
		t.Error("the task is uncontrolled when it is quiet")
	}
	done := make(chan Controller)
	go func() { done <- For(unsafe.Pointer(c)) }()
	if <-done != nil {
		t.Error("another goroutine is taken for the task")
	}
	if !AnyUncontrolled() || UncontrolledUser(unsafe.Pointer(a)) != nil || UncontrolledUser(unsafe.Pointer(b)) != nil || UncontrolledUser(unsafe.Pointer(c)) == nil {
		t.Error("another object is remembered")
	}
	SetRunning(0)
	kept := make([]int, maxUncontrolled)
	for i := range kept {
		Beside(unsafe.Pointer(&kept[i]))
	}
	if UncontrolledUser(unsafe.Pointer(c)) != nil || !AnyUncontrolled() {
		t.Error("more objects are remembered than there should be")
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
