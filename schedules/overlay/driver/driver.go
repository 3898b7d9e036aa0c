//go:build annulus_overlay

// Package driver connects the scheduler with a standard library that an overlay has given
// it a place in, and explores the tests of the binary that it is linked into. It is part
// of that standard library.
package driver

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"annulus/schedules/overlay/results"
)

// The tests of a binary are explored if the command annulus has started it.
func init() {
	options, ok, err := results.FromEnvironment()
	if err != nil {
		fmt.Fprintln(os.Stderr, "annulus:", err)
		os.Exit(2)
	}
	if !ok {
		return
	}
	// What a test starts has its own tests run as ever, if it is this binary.
	if err := os.Unsetenv(results.Variable); err != nil {
		fmt.Fprintln(os.Stderr, "annulus:", err)
		os.Exit(2)
	}
	switch {
	case len(options.Memory) > 0:
		watch(options.Memory)
	case os.Getenv("GOGC") == "":
		debug.SetGCPercent(400) // executions make garbage, and keep next to nothing
	}
	connect()
	ctx, cancel := context.WithCancel(context.Background())
	s := &session{ctx: ctx, cancel: cancel, options: options}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		<-interrupts
		signal.Stop(interrupts) // the second one ends the process
		s.stop()
	}()
	connectTesting(s)
}

// tested is the import path of the package whose tests the binary has.
var tested string

// Of says which package's tests the binary has.
func Of(path string) struct{} {
	tested = path
	return struct{}{}
}

// session is what the tests of a binary have in common.
type session struct {
	ctx     context.Context // done when the rest is not waited for
	cancel  func()          // has that be done
	over    uint32          // 1 if it is, only accessed atomically
	options results.Options
	now     *exploration // of the test that is being run, if that is explored
	settled bool         // the goroutines that init functions have started
}

// settle waits until the goroutines that functions like init have started wait, for a
// moment at most, so that it does not depend on luck whether one is met by a test.
func (s *session) settle() {
	if s.settled {
		return
	}
	s.settled = true
	stacks := make([]byte, 1<<20)
	for range 100 {
		text := string(stacks[:runtime.Stack(stacks, true)])
		if _, others, _ := strings.Cut(text, "\n\n"); !strings.Contains(others, " [runnable") && !strings.Contains(others, " [running") {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func connectTesting(s *session) {
	runtime.Annulus.Unexplorable = s.unexplorable
	testing.Annulus = &testing.AnnulusHooks{
		Run:     s.run,
		Log:     s.log,
		Fail:    s.fail,
		FailNow: s.failNow,
		SkipNow: s.skipNow,
		Asks:    s.asks,
		Asked:   func() bool { return s.now != nil && s.now.asked },
		Quietly: quietly,
		Late:    s.late,

		Unexplorable: s.unexplorable,
	}
}

// stopped reports whether the rest is not waited for. It does not ask the context, whose
// operations would be those of a goroutine that is not a task.
func (s *session) stopped() bool {
	if _, err := os.Stat(results.StopFile(s.options.File)); err == nil {
		s.stop()
	}
	return atomic.LoadUint32(&s.over) != 0
}

// stop has the exploration end, and no other begin.
func (s *session) stop() {
	if atomic.SwapUint32(&s.over, 1) == 0 {
		s.cancel()
	}
}
