package sync

// OnceFunc returns a function that calls f only once, at its first call, however
// many goroutines call it. If f panics, every call panics with the same value.
func OnceFunc(f func()) func() {
	o := onceCall{f: f}
	return func() { o.do() }
}

// OnceValue is [OnceFunc] for a function with a result, which every call returns.
func OnceValue[T any](f func() T) func() T {
	var result T
	o := onceCall{f: func() { result = f() }}
	return func() T {
		o.do()
		return result
	}
}

// OnceValues is [OnceFunc] for a function with two results, which every call
// returns.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var result1 T1
	var result2 T2
	o := onceCall{f: func() { result1, result2 = f() }}
	return func() (T1, T2) {
		o.do()
		return result1, result2
	}
}

// onceCall is a call that is made once and whose panic is repeated.
type onceCall struct {
	once     Once
	f        func() // nil once it has been called, so that nothing keeps it
	returned bool
	panicked any // with what f did
}

func (o *onceCall) do() {
	o.once.Do(o.first)
	if !o.returned {
		panic(o.panicked)
	}
}

func (o *onceCall) first() {
	defer func() {
		o.f = nil
		o.panicked = recover()
		if !o.returned {
			panic(o.panicked) // here, so that the first stack shows f
		}
	}()
	o.f()
	o.returned = true
}
