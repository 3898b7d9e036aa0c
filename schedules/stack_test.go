package schedules

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestFrames(t *testing.T) {
	got := frames(string(debug.Stack()))
	if !strings.HasPrefix(got, "schedules.TestFrames, stack_test.go:") || strings.Count(got, "\n") != 1 {
		t.Errorf("the frames are\n%s", got)
	}
	got = frames(`goroutine 61 [running]:
runtime/debug.Stack()
	/usr/lib/go/src/runtime/debug/stack.go:26 +0x5e
panic({0x707580?, 0x266295c0d800?})
	/usr/lib/go/src/runtime/panic.go:860 +0x13a
example.com/ring/buffer.(*Buffer).corrupt(0x266295c06008, 0x0, 0x1000000000000005)
	/home/me/buffer/buffer.go:158 +0xd4
example.com/ring/buffer.(*Buffer).each({0x1, 0x2}, true)
	/home/me/buffer/each.go:5 +0xd4
slices.Delete[...](...)
	/usr/lib/go/src/slices/slices.go:223
main.run.func1()
	/home/me/main.go:7 +0x25
annulus/schedules.(*engine).perform(0x266295b18a88?, 0x266295b18a80?)
	/home/me/engine.go:227 +0x57
created by iter.Pull[...] in goroutine 22
	/usr/lib/go/src/iter/iter.go:271 +0x90
`)
	want := "buffer.(*Buffer).corrupt, buffer.go:158\nbuffer.(*Buffer).each, each.go:5\nslices.Delete[...], slices.go:223\nmain.run.func1, main.go:7\n"
	if got != want {
		t.Errorf("the frames are\n%s", got)
	}
}
