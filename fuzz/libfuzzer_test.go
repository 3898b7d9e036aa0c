package fuzz_test

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every seed arrives in libFuzzer as the arguments that it has in Go.
func TestLibFuzzerReadsTheSeeds(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the go command")
	}
	packer := filepath.Join(t.TempDir(), "seeds.exe")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", packer, filepath.FromSlash("../.clusterfuzzlite/seeds.go"))
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	targets, err := os.ReadDir(filepath.FromSlash("testdata/fuzz"))
	require.NoError(t, err)
	require.NotEmpty(t, targets)
	for _, target := range targets {
		archive := filepath.Join(t.TempDir(), "seeds.zip")
		out, err := exec.Command(packer, ".", target.Name(), archive).CombinedOutput()
		require.NoError(t, err, string(out))
		entries, err := zip.OpenReader(archive)
		require.NoError(t, err)
		files, err := filepath.Glob(filepath.Join("testdata", "fuzz", target.Name(), "*"))
		require.NoError(t, err)
		require.Len(t, entries.File, len(files))
		for _, entry := range entries.File {
			types, want := committed(t, filepath.Join("testdata", "fuzz", target.Name(), entry.Name))
			got, err := consume(content(t, entry), types)
			require.NoError(t, err, "%s/%s is dropped", target.Name(), entry.Name)
			require.Equal(t, want, got, "%s/%s", target.Name(), entry.Name)
		}
		require.NoError(t, entries.Close())
	}
}

// What has no byte behind the last number is dropped, even if the number is zero.
func TestLibFuzzerDropsWhatEndsWithANumber(t *testing.T) {
	_, err := consume([]byte("\x00\x00\x00\x01a\x00\x00\x00\x00"), []string{"string", "string"})
	require.Error(t, err)
	got, err := consume([]byte("\x00\x00\x00\x01a\x00\x00\x00\x00\x00"), []string{"string", "string"})
	require.NoError(t, err)
	require.Equal(t, []string{"a", ""}, got)
}

// committed returns the types and the values of the arguments in a file of Go's
// fuzzing corpus.
func committed(t *testing.T, file string) (types, values []string) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		kind, literal, ok := strings.Cut(strings.TrimSuffix(line, ")"), "(")
		require.True(t, ok, line)
		value, err := strconv.Unquote(literal)
		require.NoError(t, err)
		types, values = append(types, kind), append(values, value)
	}
	return types, values
}

func content(t *testing.T, entry *zip.File) []byte {
	r, err := entry.Open()
	require.NoError(t, err)
	defer r.Close()
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	return data
}

// consume takes arguments out of an input as go-fuzz-headers does, which the targets
// are built with for libFuzzer: four bytes with a number, and as many bytes. At
// least one byte must follow the number. A string must be there as a whole. Of a
// []byte the number counts modulo the bytes that are left, unless it is all of them,
// and zero stands for thirty.
func consume(data []byte, types []string) (values []string, err error) {
	for _, kind := range types {
		if len(data) < 5 {
			return nil, errors.New("not enough bytes")
		}
		n := int(binary.BigEndian.Uint32(data))
		data = data[4:]
		switch {
		case kind == "string" && n > len(data):
			return nil, errors.New("not enough bytes for the string")
		case kind == "[]byte" && n == 0:
			n = 30 % len(data)
		case kind == "[]byte" && n != len(data):
			n %= len(data)
		}
		values, data = append(values, string(data[:n])), data[n:]
	}
	return values, nil
}
