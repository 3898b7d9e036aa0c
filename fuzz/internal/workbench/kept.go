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

// Kept is a file of answers, each on a line of JSON. An answer is written as soon as it is
// added, so that a run that was interrupted can be continued. Of answers with the same key
// the last one counts. Get, Len and Add may be called concurrently.
type Kept[K comparable, V any] struct {
	mu    sync.Mutex
	file  *os.File
	key   func(V) K
	known map[K]V
}

// OpenKept opens the file, and makes it if there is none. The answers in it for which valid
// returns true are known; if valid is nil, none is, and the file is not read. All answers
// stay in the file. key returns the key of an answer. The caller must close the result.
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

// Add makes an answer known and writes it to the file. The error is about the file.
func (k *Kept[K, V]) Add(v V) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[k.key(v)] = v
	return json.NewEncoder(k.file).Encode(v)
}

// Close closes the file.
func (k *Kept[K, V]) Close() error { return k.file.Close() }
