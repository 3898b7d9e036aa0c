package schedules

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"annulus/schedules/quote"
)

// Environment variables that make [Check] explore a shard, and save its reports.
const (
	shardVariable   = "ANNULUS_SHARD"
	reportsVariable = "ANNULUS_REPORTS"
)

// reports is the directory in which Check saves its reports, "" if it does not.
type reports string

// reporting returns what the environment says, and puts the shard into the
// configuration.
func reporting(cfg *Config) (reports, error) {
	if text := os.Getenv(shardVariable); text != "" && cfg.Shard == (Shard{}) {
		shard, err := ParseShard(text)
		if err != nil {
			return "", fmt.Errorf("%s: %w", shardVariable, err)
		}
		cfg.Shard = shard
	}
	return reports(os.Getenv(reportsVariable)), nil
}

// calls counts the calls of Check by program.
var calls struct {
	sync.Mutex
	of map[string]int
}

// save saves the report of a call of Check, under a name that no other has. A report that
// is missing would be one of a shard that nobody has explored, hence the error.
func (dir reports) save(tb testing.TB, r *Report) {
	tb.Helper()
	if dir == "" {
		return
	}
	calls.Lock()
	if calls.of == nil {
		calls.of = map[string]int{}
	}
	calls.of[r.Program]++
	if n := calls.of[r.Program]; n > 1 {
		r.Program += fmt.Sprintf("#%d", n)
	}
	calls.Unlock()
	shard := r.Shard.whole()
	err := os.MkdirAll(string(dir), 0o777)
	if err == nil {
		err = r.Save(filepath.Join(string(dir), fmt.Sprintf("%s.%d-of-%d.json", url.QueryEscape(r.Program), shard.Index, shard.Count)))
	}
	if err != nil {
		tb.Errorf("the report could not be saved: %s", quote.Text(err.Error()))
	}
}
