package buffer

import (
	"fmt"
	"slices"
)

// classTable holds the size classes and finds the one a request falls into.
type classTable struct {
	sizes [256]int // ascending, bytes
	count int
	// direct[g-1] is the class of requests that need g granules, as far as it
	// goes; larger requests are searched for.
	direct [64 << 10 / Granule]uint8
}

func newClassTable(sizes []int) (t classTable) {
	t.count = copy(t.sizes[:], sizes)
	at := 0
	for class, size := range sizes {
		for ; at < len(t.direct) && at < size/Granule; at++ {
			t.direct[at] = uint8(class)
		}
	}
	for ; at < len(t.direct); at++ {
		t.direct[at] = noClass
	}
	return t
}

// fit returns the smallest class of at least n bytes, or noClass.
func (t *classTable) fit(n int) uint8 {
	if g := uint(n-1) / Granule; g < uint(len(t.direct)) {
		return t.direct[g]
	}
	return t.search(n)
}

// all returns the sizes.
func (t *classTable) all() []int { return t.sizes[:t.count:t.count] }

// noClass is the class of requests that are not positive or larger than every
// class.
const noClass = fillerClass

func (t *classTable) search(n int) uint8 {
	i, _ := slices.BinarySearch(t.all(), n)
	if n <= 0 || i == t.count {
		return noClass
	}
	return uint8(i)
}

// Records describes the records and pages of a tree whose pages the buffer
// holds; size classes are derived from it. All sizes are in bytes.
//
// The derivation is that of Bf-Tree's circular buffer: a mini-page grows by
// doubling the number of smallest records it holds, and must stay small enough
// to merge into a leaf page. There are always at least two classes, as the
// largest mini-page is smaller than a leaf.
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
