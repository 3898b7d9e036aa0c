// Package partialtokens is the one beside it without the bug:
// https://github.com/dgraph-io/dgraph/pull/4453
//
// All are taken at once, or none.
package partialtokens

import "sync"

// Purse has tokens.
type Purse struct {
	lock   sync.Mutex
	more   *sync.Cond
	tokens int
}

// New returns a purse with so many tokens.
func New(tokens int) *Purse {
	p := &Purse{tokens: tokens}
	p.more = sync.NewCond(&p.lock)
	return p
}

// Take waits until there are n tokens, and takes them.
func (p *Purse) Take(n int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for p.tokens < n {
		p.more.Wait()
	}
	p.tokens -= n
}

// Return gives n tokens back.
func (p *Purse) Return(n int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.tokens += n
	p.more.Broadcast()
}

// Spend has n tokens while it runs do.
func (p *Purse) Spend(n int, do func(), group *sync.WaitGroup) {
	group.Go(func() {
		p.Take(n)
		defer p.Return(n)
		do()
	})
}
