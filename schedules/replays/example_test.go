package replays_test

import (
	"fmt"
	"os"
	"path/filepath"

	"annulus/schedules/replays"
)

// A program that starts a test with the variable set reads what the test has reported.
func ExampleLoad() {
	dir, err := os.MkdirTemp("", "replays")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "replays.json")
	err = replays.Add(path, replays.Replay{Program: "example.com/x.TestQueue", Verdict: replays.Failed, Class: "deadlock", Message: "all tasks wait"})
	if err != nil {
		panic(err)
	}
	list, err := replays.Load(path)
	last := list[len(list)-1]
	fmt.Println(last.Program, last.Verdict, last.Class, err)
	// Output: example.com/x.TestQueue FAIL deadlock <nil>
}
