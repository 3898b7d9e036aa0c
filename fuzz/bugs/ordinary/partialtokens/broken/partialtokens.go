// Package partialtokens has a bug that Dgraph had:
// https://github.com/dgraph-io/dgraph/pull/4453
//
// One who needs several tokens takes them one by one. Two who need two each may have
// one each, of two that there are.
package partialtokens

import "sync"

// Purse has tokens.
type Purse struct{ tokens chan struct{} }

// New returns a purse with so many tokens.
func New(tokens int) *Purse {
	p := &Purse{tokens: make(chan struct{}, tokens)}
	p.Return(tokens)
	return p
}

// Take waits until there are n tokens, and takes them.
func (p *Purse) Take(n int) {
	for range n {
		<-p.tokens
	}
}

// Return gives n tokens back.
func (p *Purse) Return(n int) {
	for range n {
		p.tokens <- struct{}{}
	}
}

// Spend has n tokens while it runs do.
func (p *Purse) Spend(n int, do func(), group *sync.WaitGroup) {
	group.Go(func() {
		p.Take(n)
		defer p.Return(n)
		do()
	})
}
