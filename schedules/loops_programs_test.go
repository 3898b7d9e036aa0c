package schedules_test

import "math/rand/v2"

// assembler writes a program.
type assembler struct {
	r    *rand.Rand
	list []opcode
}

func (a *assembler) put(op byte, x, y, z int) {
	a.list = append(a.list, opcode{op, int8(x), int8(y), int8(z)})
}

func (a *assembler) here() int { return len(a.list) }

// perhapsYield may write a Gosched.
func (a *assembler) perhapsYield() {
	if a.r.IntN(2) == 0 {
		a.put(opYield, 0, 0, 0)
	}
}

// section writes a critical section that looks at the plain memory or changes it.
func (a *assembler) section(change bool) {
	a.put(opLock, 0, 0, 0)
	if change {
		a.put(opPlain, 1, 0, 0)
	} else {
		a.put(opLook, 0, 0, 0)
	}
	a.put(opUnlock, 0, 0, 0)
	if !change && a.r.IntN(2) == 0 {
		a.put(opSee, 0, 0, 0)
	}
}

// simple writes an operation or two.
func (a *assembler) simple() {
	x, v := a.r.IntN(2), 1+a.r.IntN(2)
	switch a.r.IntN(8) {
	case 0, 1:
		a.put(opLoad, x, 0, 0)
		a.put(opSee, 0, 0, 0)
	case 2:
		a.put(opStore, x, v-1, 0)
	case 3:
		a.put(opAdd, x, 1, 0)
	case 4:
		a.put(opCAS, x, v-1, v)
		a.put(opSee, 0, 0, 0)
	case 5:
		a.section(true)
	case 6:
		a.section(false)
	case 7:
		a.put(opTryLock, 0, 0, 0)
		a.put(opSee, 0, 0, 0)
		a.put(opUnless, 0, 1, a.here()+3)
		a.put(opPlain, 1, 0, 0)
		a.put(opUnlock, 0, 0, 0)
	}
}

// statement writes a loop or something simple.
func (a *assembler) statement() {
	x, v := a.r.IntN(2), 1+a.r.IntN(2)
	switch a.r.IntN(14) {
	case 0: // for range n
		a.put(opSet, 1, 0, 0)
		top := a.here()
		a.simple()
		a.perhapsYield()
		a.put(opInc, 1, 1, 0)
		a.put(opIfLess, 1, 2+a.r.IntN(3), top)
	case 1: // for range n with nothing but Gosched
		a.put(opSet, 1, 0, 0)
		top := a.here()
		a.put(opYield, 0, 0, 0)
		a.put(opInc, 1, 1, 0)
		a.put(opIfLess, 1, 2+a.r.IntN(3), top)
	case 2: // spin until x is v
		top := a.here()
		a.put(opLoad, x, 0, 0)
		a.put(opIf, 0, v, a.here()+3)
		a.perhapsYield()
		a.put(opGo, top, 0, 0)
		a.list[top+1].c = int8(a.here())
	case 3: // a lock by CompareAndSwap, around a number of its own
		top := a.here()
		a.put(opCAS, 2, 0, 1)
		a.put(opIf, 0, 1, 0)
		a.perhapsYield()
		a.put(opGo, top, 0, 0)
		a.list[top+1].c = int8(a.here())
		a.simple()
		a.put(opStore, 2, 0, 0)
	case 4, 5: // poll the plain memory under the lock
		top := a.here()
		a.put(opLock, 0, 0, 0)
		a.put(opLook, 0, 0, 0)
		a.put(opUnlock, 0, 0, 0)
		a.put(opUnless, 0, v-1, 0)
		at := a.here() - 1
		a.perhapsYield()
		a.put(opGo, top, 0, 0)
		a.list[at].c = int8(a.here())
	case 6: // spin on TryLock
		top := a.here()
		a.put(opTryLock, 0, 0, 0)
		a.put(opIf, 0, 1, 0)
		a.perhapsYield()
		a.put(opGo, top, 0, 0)
		a.list[top+1].c = int8(a.here())
		a.put(opPlain, 1, 0, 0)
		a.put(opUnlock, 0, 0, 0)
	case 7: // wait with patience, and see how long
		a.put(opSet, 2, 0, 0)
		top := a.here()
		a.put(opLoad, x, 0, 0)
		a.put(opIf, 0, v, 0)
		a.perhapsYield()
		a.put(opInc, 2, 1, 0)
		a.put(opIfLess, 2, 2+a.r.IntN(2), top)
		a.list[top+1].c = int8(a.here())
		a.put(opSee, 2, 0, 0)
	case 8: // a ticket lock: number 1 is the next ticket, 2 the one that is served
		a.put(opAdd, 1, 1, 3)
		a.put(opInc, 3, -1, 0)
		top := a.here()
		a.put(opLoad, 2, 0, 0)
		a.put(opIfSame, 0, 3, 0)
		a.perhapsYield()
		a.put(opGo, top, 0, 0)
		a.list[top+1].c = int8(a.here())
		a.put(opAdd, 2, 1, 0)
	case 9: // a reader that tries again until both numbers are the same
		top := a.here()
		a.put(opLoad, 0, 0, 0)
		a.put(opLoad, 1, 1, 0)
		a.put(opIfSame, 0, 1, 0)
		a.perhapsYield()
		a.put(opGo, top, 0, 0)
		a.list[top+2].c = int8(a.here())
		a.put(opSee, 0, 0, 0)
	case 10: // go round while the lock is free
		top := a.here()
		a.put(opTryLock, 0, 0, 0)
		a.put(opUnless, 0, 1, 0)
		a.put(opUnlock, 0, 0, 0)
		a.perhapsYield()
		a.put(opGo, top, 0, 0)
		a.list[top+1].c = int8(a.here())
	default:
		a.simple()
	}
}

func randomLooping(r *rand.Rand) looping {
	p := make(looping, 2+r.IntN(4)/3)
	for t := range p {
		a := assembler{r: r}
		for range 1 + r.IntN(5-len(p))/2 {
			a.statement()
		}
		p[t] = a.list
	}
	return p
}
