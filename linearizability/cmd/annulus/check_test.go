package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	legalHistory   = "../../history/testdata/evicted-first.jsonl"
	illegalHistory = "../../history/testdata/tombstone-too-late.jsonl"
)

func TestCheck(t *testing.T) {
	status, text, errs := annulus("check", legalHistory)
	assert.Equal(t, passed, status, errs)
	assert.Equal(t, "LINEARIZABLE: "+legalHistory+", 6 operations\n", text)
	status, text, errs = annulus("check", legalHistory, illegalHistory)
	assert.Equal(t, failed, status, errs)
	assert.Contains(t, text, "NOT LINEARIZABLE: "+illegalHistory+", 6 operations\n\nt1's tombstone(a) = ok fits nowhere.\n")
	status, text, _ = annulus("check", "-json", illegalHistory)
	assert.Equal(t, failed, status)
	var v checkVerdict
	require.NoError(t, json.Unmarshal([]byte(text), &v))
	assert.Equal(t, "NOT LINEARIZABLE", v.Verdict)
	require.NotNil(t, v.Explanation)
	assert.NotEmpty(t, v.Explanation.Places)
}

// A history that cannot be read does not count as one that passes, and others do not hide
// it.
func TestCheckOfBadFiles(t *testing.T) {
	good, err := os.ReadFile(legalHistory)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "history")
	require.NoError(t, os.WriteFile(path, bytes.Replace(good, []byte(`"op":"Claim"`), []byte(`"op":"Clam"`), 1), 0o666))
	status, text, _ := annulus("check", illegalHistory, path, legalHistory)
	assert.Equal(t, unusable, status)
	assert.Contains(t, text, "UNREADABLE: "+path+":5: ")
	assert.Contains(t, text, "\nLINEARIZABLE: ")
	status, text, _ = annulus("check", filepath.Join(path, "missing"))
	assert.Equal(t, unusable, status)
	assert.Contains(t, text, "UNREADABLE: open ")
	status, text, _ = annulus("check", "-") // which is empty
	assert.Equal(t, unusable, status)
	assert.Contains(t, text, "UNREADABLE: standard input:1: ")
}

func TestCheckDraws(t *testing.T) {
	good, err := os.ReadFile(legalHistory)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "history")
	require.NoError(t, os.WriteFile(path, good, 0o666))
	status, text, _ := annulus("check", "-html", path)
	assert.Equal(t, passed, status, text)
	page, err := os.ReadFile(path + ".html")
	require.NoError(t, err)
	assert.Contains(t, string(page), "<html")
	status, text, _ = annulus("check", "-html", path, strings.TrimSuffix(path, "y"))
	assert.Equal(t, unusable, status, text)
}
