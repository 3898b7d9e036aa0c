package linearizability

// Suite returns the programs that make up the verification of the buffer.
func Suite() []Program {
	list := make([]Program, len(scenarios))
	for i, text := range scenarios {
		list[i] = MustParse(text)
	}
	return list
}

var scenarios = []string{`
program free-evict
about a block is freed and evicted
ring 512 bytes, classes 64 128
setup alloc a 64; release a; alloc b 64; release b
t1 tombstone a; free a
t2 evict
`, `
program evict-evict
about two evictions, of which the younger may end first
ring 512 bytes, classes 64 128
setup alloc a 64; release a; alloc b 64; release b
t1 evict
t2 evict
`}
