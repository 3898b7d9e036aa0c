package buffer

import "fmt"

// classTable holds the size classes and finds the one a request falls into.
type classTable struct {
	sizes   []int // ascending, bytes
	largest int
	// first[(n-1)>>shift] is the smallest class that may hold n bytes; while
	// it is too small, the next one is. At most 1024 entries: with classes up
	// to 64 KiB an entry is a granule and the first answer is right.
	first []uint8
	shift uint8
}

func newClassTable(sizes []int) classTable {
	t := classTable{sizes: sizes, largest: sizes[len(sizes)-1], shift: 6}
	for (t.largest-1)>>t.shift >= 1024 {
		t.shift++
	}
	t.first = make([]uint8, (t.largest-1)>>t.shift+1)
	class := uint8(0)
	for i := range t.first {
		for smallest := i<<t.shift + 1; sizes[class] < smallest; {
			class++
		}
		t.first[i] = class
	}
	return t
}

// fit returns the smallest class of at least n bytes.
func (t *classTable) fit(n int) (class uint8, ok bool) {
	if uint(n-1) >= uint(t.largest) { // also when n is not positive
		return 0, false
	}
	class = t.first[(n-1)>>t.shift]
	for t.sizes[class] < n {
		class++
	}
	return class, true
}

// Records describes the records and pages of a tree whose pages the buffer
// holds; size classes are derived from it. All sizes are in bytes.
//
// The derivation is that of Bf-Tree's circular buffer: a mini-page grows by
// doubling the number of smallest records it holds, and must stay small enough
// to merge into a leaf page.
type Records struct {
	MinRecord int  // smallest key and value together, at least 2
	MaxRecord int  // largest key and value together
	LeafPage  int  // size of a leaf page: a multiple of 4096, at most 32768
	MaxFence  int  // largest fence key
	CacheOnly bool // no leaf pages behind the buffer; LeafPage is a multiple of 64
}

// Per-record and per-page overheads of the tree, in bytes.
const (
	recordMeta = 8
	pageMeta   = 32
	fenceMeta  = 16
)

// Classes returns the size classes, ascending, or an error that wraps
// [ErrConfig] and names the field and the rule it breaks.
func (r Records) Classes() ([]int, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	largest := r.largestMiniPage()
	var sizes []int
	for records := r.MinRecord + recordMeta; ; records *= 2 {
		size := roundUp(records+pageMeta, Granule)
		if size > largest {
			break
		}
		if len(sizes) == 0 || size > sizes[len(sizes)-1] { // tiny records round up to the same size
			sizes = append(sizes, size)
		}
	}
	if len(sizes) == 0 || sizes[len(sizes)-1] < largest {
		sizes = append(sizes, largest)
	}
	if sizes[len(sizes)-1] < r.LeafPage {
		sizes = append(sizes, r.LeafPage)
	}
	if len(sizes) < 2 && !r.CacheOnly {
		return nil, configError("Records", "yields the single class %d; at least two are needed unless CacheOnly", sizes[0])
	}
	return sizes, nil
}

// largestMiniPage is the largest size below a leaf page: it must leave room
// for one more record, and outside cache-only mode for the fences, when it is
// merged into a leaf.
func (r Records) largestMiniPage() int {
	room := r.LeafPage - (r.MaxRecord + recordMeta)
	if !r.CacheOnly {
		room -= r.MaxFence + fenceMeta
	}
	return room / Granule * Granule
}

func (r Records) validate() error {
	pageUnit := 4096
	if r.CacheOnly {
		pageUnit = Granule
	}
	record := r.MaxRecord + recordMeta
	switch {
	case r.MinRecord < 2:
		return configError("Records.MinRecord", "is %d; must be at least 2", r.MinRecord)
	case r.MaxRecord < r.MinRecord:
		return configError("Records.MaxRecord", "is %d; must be at least MinRecord (%d)", r.MaxRecord, r.MinRecord)
	case r.MaxFence <= 0:
		return configError("Records.MaxFence", "is %d; must be positive", r.MaxFence)
	case r.MaxFence/2 >= r.MaxRecord:
		return configError("Records.MaxFence", "is %d; half of it must be below MaxRecord (%d)", r.MaxFence, r.MaxRecord)
	case r.MaxFence/2 > 2020:
		return configError("Records.MaxFence", "is %d; half of it must be at most 2020", r.MaxFence)
	case r.LeafPage <= 0 || r.LeafPage > 32768 || r.LeafPage%pageUnit != 0:
		return configError("Records.LeafPage", "is %d; must be a multiple of %d, at most 32768", r.LeafPage, pageUnit)
	case r.LeafPage/r.MinRecord > 4096:
		return configError("Records.LeafPage", "is %d; must hold at most 4096 records of MinRecord (%d)", r.LeafPage, r.MinRecord)
	case r.CacheOnly && r.LeafPage < 2*record+pageMeta:
		return configError("Records.LeafPage", "is %d; cache-only it must be at least 2·(MaxRecord+%d)+%d = %d",
			r.LeafPage, recordMeta, pageMeta, 2*record+pageMeta)
	case !r.CacheOnly && r.largestMiniPage() < record+pageMeta:
		return configError("Records.LeafPage", "is %d; the largest mini-page (%d) must be at least MaxRecord+%d+%d = %d",
			r.LeafPage, r.largestMiniPage(), recordMeta, pageMeta, record+pageMeta)
	}
	return nil
}

func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }

// configError builds an error about one field of a configuration.
func configError(field, format string, args ...any) error {
	return &ConfigError{Field: field, Rule: fmt.Sprintf(format, args...)}
}
