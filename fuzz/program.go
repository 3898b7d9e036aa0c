package fuzz

import "fmt"

// Program is a ring and what is done to it. It is plain data: programs are
// equal if they print and run the same.
type Program struct {
	Config Config
	Ops    []Op
}

// Limits of a Program. They bound what a few bytes of fuzz input can make the
// machine do.
const (
	maxOps       = 300 // nested ones included
	maxCallbacks = 3   // of one operation
	maxInside    = 3   // operations in one callback
	maxDepth     = 3   // of operations in callbacks of operations
)

// opcodes weighs the kinds of operation: a byte of input, modulo their number,
// picks one. Without enough allocations and releases nothing else has much to
// work on.
var opcodes = [...]Kind{
	Alloc, Alloc, Alloc, Alloc, Alloc, Alloc, Release, Release, Release, Release, Release,
	TryTombstone, TryTombstone, TryTombstone, Free, Free, Free, EvictOne, EvictOne, EvictOne, EvictOne,
	AllocOrEvict, AllocOrEvict, HandOver, Cancel, Bytes, CopyOnAccess, EvictN, Drain, Close,
	BadRef, LateGuard, LateHandle, LateBlock, Walk,
	WorkerAlloc, WorkerAlloc, WorkerAlloc, WorkerFree, WorkerFree, WorkerFree, WorkerAllocOrEvict, WorkerClose,
}

// endCodes and contextCodes do the same for three bits each.
var (
	endCodes     = [8]End{Accept, Accept, Accept, Accept, Fail, Fail, Panic, Exit}
	contextCodes = [8]Context{Never, Never, Never, Never, AtOnce, AtSecond, AtThird, PanicAtOnce}
)

// Decode returns the program that data stands for. Every input is a program;
// bytes that are missing at the end are zero.
//
// After the configuration, an operation is a byte that picks the kind and, where
// the kind uses them, a byte for Arg, a byte for context and number of callbacks
// (bits 0-2 and 3-4; EvictOne always has one), and for each callback a byte for
// its end and the number of operations inside (bits 0-2 and 3-4), followed by
// these.
func Decode(data []byte) Program {
	d := decoder{data: data, left: maxOps}
	var c [configBytes]byte
	for i := range c {
		c[i] = d.next()
	}
	p := Program{Config: decodeConfig(c)}
	for len(d.data) > 0 && d.left > 0 {
		p.Ops = append(p.Ops, d.op(1))
	}
	return p
}

type decoder struct {
	data []byte
	left int // operations that may still be decoded
}

func (d *decoder) next() byte {
	if len(d.data) == 0 {
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

func (d *decoder) op(depth int) Op {
	d.left--
	op := Op{Kind: opcodes[int(d.next())%len(opcodes)]}
	if op.Kind.hasArg() {
		op.Arg = d.next()
	}
	if !op.Kind.evicts() {
		return op
	}
	b := d.next()
	op.Context = contextCodes[b%8]
	count := int(b >> 3 % (maxCallbacks + 1))
	if op.Kind == EvictOne {
		count = 1
	}
	for range count {
		op.Callbacks = append(op.Callbacks, d.callback(depth))
	}
	return op
}

func (d *decoder) callback(depth int) Callback {
	b := d.next()
	c := Callback{End: endCodes[b%8]}
	if depth == maxDepth {
		return c
	}
	for range b >> 3 % (maxInside + 1) {
		if d.left > 0 {
			c.Inside = append(c.Inside, d.op(depth+1))
		}
	}
	return c
}

func (k Kind) hasArg() bool { return k != EvictOne && k != Drain && k != Close }

// Encode returns the bytes that [Decode] turns into p again. It panics if p
// exceeds what Decode can return: programs that were decoded, or built within
// the ranges of Config and with an Arg only where it is used, do not.
func (p Program) Encode() []byte {
	c := p.Config.encode()
	e := encoder{data: c[:], left: maxOps}
	for _, op := range p.Ops {
		e.op(op, 1)
	}
	return e.data
}

type encoder struct {
	data []byte
	left int
}

func (e *encoder) op(op Op, depth int) {
	e.left--
	e.data = append(e.data, code(opcodes[:], op.Kind))
	if op.Kind.hasArg() {
		e.data = append(e.data, op.Arg)
	}
	count := len(op.Callbacks)
	switch {
	case e.left < 0:
		panic(fmt.Sprintf("fuzz: a program has at most %d operations", maxOps))
	case !op.Kind.hasArg() && op.Arg != 0, !op.Kind.evicts() && (op.Context != Never || count > 0):
		panic(fmt.Sprintf("fuzz: operation %v has operands that it does not use", op.Kind))
	case count > maxCallbacks || op.Kind == EvictOne && count != 1:
		panic(fmt.Sprintf("fuzz: operation %v cannot have %d callbacks", op.Kind, count))
	case !op.Kind.evicts():
		return
	case op.Kind == EvictOne:
		count = 0
	}
	e.data = append(e.data, code(contextCodes[:], op.Context)|byte(count)<<3)
	for _, c := range op.Callbacks {
		e.callback(c, depth)
	}
}

func (e *encoder) callback(c Callback, depth int) {
	if len(c.Inside) > maxInside || depth == maxDepth && len(c.Inside) > 0 {
		panic(fmt.Sprintf("fuzz: a callback has at most %d operations, nested at most %d deep", maxInside, maxDepth))
	}
	e.data = append(e.data, code(endCodes[:], c.End)|byte(len(c.Inside))<<3)
	for _, op := range c.Inside {
		e.op(op, depth+1)
	}
}

// code returns the first index of value in a table of codes.
func code[T comparable](table []T, value T) byte {
	for i, v := range table {
		if v == value {
			return byte(i)
		}
	}
	panic(fmt.Sprintf("fuzz: %v cannot be encoded", value))
}
