package fuzz

import (
	"fmt"
	"slices"
	"strconv"

	"annulus/buffer"
	"annulus/linearizability/scenario"
)

// Limits of a concurrent program. Judging takes longer the more operations are in
// progress at once, and small programs show nearly everything.
const (
	maxConcurrent = 24 // operations, those in callbacks included
	maxSetup      = 12
	maxTasks      = 12 // operations of all tasks, shared out evenly
	maxAfter      = 4
	maxBodies     = 2 // levels of callbacks
	maxVariables  = 8
)

// deed is what an operation does, and whether through a Worker.
type deed struct {
	verb   scenario.Verb
	worker bool
}

// deeds weighs the operations of concurrent programs, for five bits of input.
var deeds = [32]deed{
	{verb: scenario.Alloc}, {verb: scenario.Alloc}, {verb: scenario.Alloc}, {scenario.Alloc, true}, {scenario.Alloc, true},
	{verb: scenario.Release}, {verb: scenario.Release}, {verb: scenario.Release}, {verb: scenario.Release},
	{verb: scenario.HandOver},
	{verb: scenario.Tombstone}, {verb: scenario.Tombstone}, {verb: scenario.Tombstone}, {verb: scenario.CloseWorker},
	{verb: scenario.Free}, {scenario.Free, true}, {scenario.Free, true},
	{verb: scenario.Cancel},
	{verb: scenario.Bytes}, {verb: scenario.Bytes},
	{verb: scenario.CopyOnAccess},
	{verb: scenario.Evict}, {verb: scenario.Evict}, {verb: scenario.Evict}, {scenario.AllocOrEvict, true},
	{verb: scenario.EvictN}, {verb: scenario.Drain}, {verb: scenario.AllocOrEvict},
	{verb: scenario.Metrics}, {verb: scenario.Blocks}, {verb: scenario.Close}, {verb: scenario.CancelContext},
}

// sizes are what is allocated, in bytes, for five bits of input: mostly what a
// class holds exactly, and what none holds.
var sizes = [32]int{
	64, 64, 64, 64, 64, 64, 64, 64, 128, 128, 128, 128, 128, 128, 128, 128,
	192, 192, 192, 256, 256, 256, 256, 256, 1, 63, 65, 100, 129, 200, 0, 257,
}

// finale is how callbacks end, and whether only those behind the first do.
type finale struct {
	answer scenario.Answer
	later  bool
}

// The others do the same for two bits, and bodies, the number of operations in a
// callback, for three. waits is bounded since a program may wait for itself.
var (
	answers = [4]finale{{}, {scenario.Fail, true}, {answer: scenario.Fail}, {answer: scenario.Panic}}
	bodies  = [8]byte{0, 0, 0, 0, 0, 1, 2, 3}
	waits   = [4]int{1, 2, 4, 16}
	turns   = [4]int{0, 1, 2, 3}        // evictions of EvictN
	crews   = [4]int{2, 2, 3, 4}        // tasks
	batches = [4]int{0, 2, 3, 8}        // blocks evicted at once
	shares  = [4]int{0, 256, 512, 1024} // bytes of all Workers, at most the ring
)

// Codes of the lists that operations are in, three bits. Those between are the
// tasks, in turns.
const (
	setupCode = 1 // and 0
	afterCode = 7
)

// decodeConcurrent returns the program that data stands for. Every input is a
// program that may be run. Bytes that are missing at the end are zero.
//
// Three bytes are the ring and the number of tasks:
//
//	0  bits 0-3: classes of 1 to 4 granules, none: one granule;
//	   bits 4-7: granules beyond the largest class
//	1  bits 0-1: patience; bit 2: DiscardLive;
//	   bits 4-7: granules of copy-on-access, mod those beyond the largest class
//	2  bits 0-1: tasks; bits 2-3: EvictBatch; bits 4-5: WorkerBytes
//
// Then an operation is a byte with the verb in bits 0-4 and the list that it is in in
// bits 5-7; where the verb evicts, a byte with the answer in bits 0-1, the context in
// bit 2, the number of operations in the callback in bits 3-5, which follow, and the
// number of evictions in bits 6-7; and, before these operations, where it takes a
// variable, a byte with the number of the variable, and above it the size in bits 3-7
// where it allocates.
//
// What is not possible becomes something near to it: a list that is full passes its
// operations on to the next one, a variable that has its value is replaced by one
// that has not.
func decodeConcurrent(data []byte) scenario.Program {
	d := reader{decoder: decoder{data: data, left: maxConcurrent}}
	p := scenario.Program{Name: "fuzz", Ring: decodeRing(d.next(), d.next())}
	b := d.next()
	tasks := crews[b%4]
	p.Ring.EvictBatch, p.Ring.WorkerBytes = batches[b>>2%4], min(shares[b>>4%4], p.Ring.Capacity)
	for i := range tasks {
		p.Tasks = append(p.Tasks, scenario.Task{Name: "t" + strconv.Itoa(i+1)})
	}
	lists := listsOf(&p)
	for len(d.data) > 0 && d.left > 0 {
		i := 0
		switch code := int(d.data[0] >> 5); {
		case code == afterCode:
			i = len(lists) - 1
		case code > setupCode:
			i = 1 + (code-setupCode-1)%tasks
		}
		for lists[i].full() {
			i = (i + 1) % len(lists)
		}
		*lists[i].ops = append(*lists[i].ops, d.op(i == 0, i > 0 && i <= tasks, 0))
	}
	d.resolve(p.Setup)
	for _, t := range p.Tasks {
		d.resolve(t.Ops)
	}
	d.resolve(p.After)
	return p
}

// list is one of the lists of operations of a program.
type list struct {
	ops  *[]scenario.Op
	most int
	code byte
}

// listsOf returns those of a program, in their order.
func listsOf(p *scenario.Program) []list {
	lists := []list{{&p.Setup, maxSetup, 0}}
	for i := range p.Tasks {
		lists = append(lists, list{&p.Tasks[i].Ops, maxTasks / len(p.Tasks), byte(setupCode + 1 + i)})
	}
	return append(lists, list{&p.After, maxAfter, afterCode})
}

func (l list) full() bool { return len(*l.ops) == l.most }

// reader reads the operations of a concurrent program.
type reader struct {
	decoder
	variables      [maxVariables]bool // those that an operation gives a value
	sweeps, closes bool               // of an operation beside others; a program has one of them
}

// op reads an operation. before says that it is of the setup, beside that others may
// be in progress.
func (d *reader) op(before, beside bool, depth int) scenario.Op {
	d.left--
	what := deeds[d.next()%byte(len(deeds))]
	op := scenario.Op{Verb: what.verb, Worker: what.worker}
	d.permit(&op, before, beside)
	var b byte
	if op.Verb.Evicts() {
		b = d.next()
		op.Answer, op.Later, op.Context = answers[b%4].answer, answers[b%4].later, b>>2&1 == 1
		if op.Verb == scenario.EvictN {
			op.N = turns[b>>6]
		}
	}
	switch {
	case op.Verb.Allocates():
		d.names(&op, d.next())
	case op.Verb.TakesVariable():
		op.N = int(d.next()) // until it is resolved
	}
	if depth < maxBodies {
		for range bodies[b>>3%8] {
			if d.left > 0 {
				op.Body = append(op.Body, d.op(before, true, depth+1))
			}
		}
	}
	return op
}

// permit replaces a verb that is not permitted here.
func (d *reader) permit(op *scenario.Op, before, beside bool) {
	switch {
	case op.Verb.Allocates() && !slices.Contains(d.variables[:], false):
		op.Verb, op.Worker = scenario.Evict, false
	case op.Verb == scenario.Close && (before || beside && d.sweeps):
		op.Verb = scenario.Metrics
	case op.Verb.Sweeps() && beside && d.closes:
		op.Verb, op.Worker = scenario.Evict, false
	}
	d.sweeps = d.sweeps || beside && op.Verb.Sweeps()
	d.closes = d.closes || beside && op.Verb == scenario.Close
}

// names gives an operation that allocates a variable and a size.
func (d *reader) names(op *scenario.Op, b byte) {
	v := int(b % maxVariables)
	for d.variables[v] {
		v = (v + 1) % maxVariables
	}
	d.variables[v] = true
	op.Var, op.N = variableName(v), sizes[b/maxVariables]
}

// resolve has the other operations use variables that are given a value somewhere.
func (d *reader) resolve(ops []scenario.Op) {
	known := known(d.variables)
	for i := range ops {
		op := &ops[i]
		if op.Verb.TakesVariable() && !op.Verb.Allocates() {
			if len(known) == 0 {
				op.Verb, op.Worker, op.N = scenario.Metrics, false, 0
			} else {
				op.Var, op.N = known[op.N%len(known)], 0
			}
		}
		d.resolve(op.Body)
	}
}

// known returns the names of the variables in use.
func known(used [maxVariables]bool) (names []string) {
	for v, is := range used {
		if is {
			names = append(names, variableName(v))
		}
	}
	return names
}

func variableName(v int) string { return string(rune('a' + v)) }

func decodeRing(a, b byte) scenario.Ring {
	var r scenario.Ring
	for i := range 4 {
		if a>>i&1 == 1 {
			r.Classes = append(r.Classes, (i+1)*buffer.Granule)
		}
	}
	if len(r.Classes) == 0 {
		r.Classes = []int{buffer.Granule}
	}
	spare := int(a >> 4)
	r.Capacity = r.Classes[len(r.Classes)-1] + spare*buffer.Granule
	r.EvictPatience = waits[b%4]
	r.DiscardLive = b>>2&1 == 1
	r.CopyOnAccessBytes = int(b>>4) % max(spare, 1) * buffer.Granule
	return r
}

// encodeConcurrent is the inverse of decodeConcurrent but for name and description.
func encodeConcurrent(p scenario.Program) []byte {
	a, b := encodeRing(p.Ring)
	c := code(crews[:], len(p.Tasks)) | code(batches[:], p.Ring.EvictBatch)<<2 | shareCode(p.Ring)<<4
	w := writer{data: []byte{a, b, c}}
	lists := listsOf(&p)
	for _, l := range lists {
		if len(*l.ops) > l.most {
			panic(fmt.Sprintf("fuzz: %d operations in a list that may have %d", len(*l.ops), l.most))
		}
		w.uses(*l.ops)
	}
	for _, l := range lists {
		for _, op := range *l.ops {
			w.op(op, l.code, 0)
		}
	}
	if w.ops > maxConcurrent {
		panic(fmt.Sprintf("fuzz: a concurrent program has at most %d operations, not %d", maxConcurrent, w.ops))
	}
	return w.data
}

// shareCode is the code of the ring's WorkerBytes.
func shareCode(r scenario.Ring) byte {
	for i, share := range shares {
		if r.WorkerBytes == min(share, r.Capacity) {
			return byte(i)
		}
	}
	panic(fmt.Sprintf("fuzz: %d bytes of Workers cannot be encoded", r.WorkerBytes))
}

// writer writes operations of a concurrent program.
type writer struct {
	data      []byte
	ops       int
	variables [maxVariables]bool
}

// uses notes the variables that the operations give a value.
func (w *writer) uses(ops []scenario.Op) {
	for _, op := range ops {
		if op.Verb.Allocates() {
			w.variables[variable(op.Var)] = true
		}
		w.uses(op.Body)
	}
}

// variable is the inverse of variableName.
func variable(name string) int {
	for v := range maxVariables {
		if variableName(v) == name {
			return v
		}
	}
	panic(fmt.Sprintf("fuzz: variable %q cannot be encoded", name))
}

func (w *writer) op(op scenario.Op, list byte, depth int) {
	w.ops++
	w.data = append(w.data, code(deeds[:], deed{op.Verb, op.Worker})|list<<5)
	if op.Verb.Evicts() {
		b := code(answers[:], finale{op.Answer, op.Later}) | code(bodies[:], byte(len(op.Body)))<<3
		if op.Context {
			b |= 1 << 2
		}
		if op.Verb == scenario.EvictN {
			b |= code(turns[:], op.N) << 6
		}
		w.data = append(w.data, b)
	}
	switch {
	case op.Verb.Allocates():
		w.data = append(w.data, byte(variable(op.Var))+code(sizes[:], op.N)*maxVariables)
	case op.Verb.TakesVariable():
		w.data = append(w.data, code(known(w.variables), op.Var))
	}
	if depth == maxBodies && len(op.Body) > 0 {
		panic(fmt.Sprintf("fuzz: callbacks are nested at most %d deep", maxBodies))
	}
	for _, inside := range op.Body {
		w.op(inside, list, depth+1)
	}
}

func encodeRing(r scenario.Ring) (a, b byte) {
	for i := range 4 {
		if slices.Contains(r.Classes, (i+1)*buffer.Granule) {
			a |= 1 << i
		}
	}
	a |= byte((r.Capacity-r.Classes[len(r.Classes)-1])/buffer.Granule) << 4
	b = code(waits[:], r.EvictPatience) | byte(r.CopyOnAccessBytes/buffer.Granule)<<4
	if r.DiscardLive {
		b |= 1 << 2
	}
	return a, b
}
