package history_test

import (
	"errors"
	"fmt"
	"strings"

	"annulus/linearizability/history"
	"annulus/model"
)

// The block at address 0 cannot have been allocated by two tasks.
func ExampleHistory_Judge() {
	ring := model.Config{Capacity: 512, Classes: []uint64{64, 128}}
	alloc := func(task int, call, reply int32, a model.Addr) history.Entry {
		return history.Entry{
			Task: task, Call: call, Return: reply,
			Op: model.Op{Kind: model.OpAlloc, N: 60, Addr: a, Size: 64},
		}
	}
	for _, second := range []model.Addr{64, 0} {
		h := history.History{Ring: ring, Entries: []history.Entry{alloc(1, 0, 1, 0), alloc(2, 0, 1, second)}}
		fmt.Println(h.Judge())
	}
	// Output:
	// <nil>
	// not linearizable: t2's alloc(60) = block 0 fits nowhere
	// after t1's alloc(60) = block 0: block 0 (NotReady since t1's alloc(60) = block 0) must not be handed out: it is in use, reserved for eviction or copy-on-access
}

// A history that was recorded elsewhere says why it is not linearizable.
func ExampleRead() {
	file := `{"format":"annulus history","version":2,"ring":{"capacity":512,"classes":[64,128]},"tasks":["main","t1"],"blocks":["a"]}
{"task":0,"call":10,"return":20,"op":"Alloc","n":60,"addr":0,"size":64,"outcome":"ok"}
{"task":0,"call":30,"return":40,"op":"Release","addr":0,"tag":1,"outcome":"ok"}
{"task":1,"call":35,"return":60,"op":"Bytes","addr":0,"outcome":"stale"}
{"end":3}
`
	h, err := history.Read(strings.NewReader(file), "history.jsonl")
	if err != nil {
		fmt.Println(err)
		return
	}
	var not *history.NotLinearizableError
	if errors.As(h.Judge(), &not) {
		fmt.Print(not.Why)
	}
	// Output:
	// t1's bytes(a) = stale fits nowhere.
	//   All before it can be explained: main's alloc(a, 60) = block 0; release(a).
	//   - before main's release(a): the answer must be another, since a still exists: NotReady since main's alloc(a,
	//     60) = block 0
	//   - after main's release(a): the answer must be another, since a still exists: Ready since main's release(a)
}
