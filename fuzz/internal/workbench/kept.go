package workbench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Kept is a file of answers, one a line of JSON. Each is added as soon as it is known, so
// that a run that was interrupted can be continued. Of two with the same key the later one
// holds. It may be used concurrently.
type Kept[K comparable, V any] struct {
	mu    sync.Mutex
	file  *os.File
	key   func(V) K
	known map[K]V
}

// OpenKept opens the file, and makes it if there is none. Of what it has, answers for which
// valid returns true are known; a nil valid is for none, and then nothing is read. The
// others stay in the file.
func OpenKept[K comparable, V any](path string, key func(V) K, valid func(V) bool) (*Kept[K, V], error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	k := &Kept[K, V]{file: file, key: key, known: map[K]V{}}
	if valid != nil {
		err = k.read(valid)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return k, nil
}

func (k *Kept[K, V]) read(valid func(V) bool) error {
	lines := bufio.NewScanner(k.file)
	for n := 1; lines.Scan(); n++ {
		var v V
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			return fmt.Errorf("%s:%d: %w; remove the line", k.file.Name(), n, err)
		}
		if valid(v) {
			k.known[k.key(v)] = v
		}
	}
	return lines.Err()
}

// Get returns the answer with the key, if it is known.
func (k *Kept[K, V]) Get(key K) (V, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.known[key]
	return v, ok
}

// Len returns how many answers are known.
func (k *Kept[K, V]) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.known)
}

// Add adds an answer.
func (k *Kept[K, V]) Add(v V) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[k.key(v)] = v
	return json.NewEncoder(k.file).Encode(v)
}

// Close closes the file.
func (k *Kept[K, V]) Close() error { return k.file.Close() }
