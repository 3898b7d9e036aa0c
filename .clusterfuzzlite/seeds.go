//go:build ignore

// Seeds packs the committed seeds of a fuzz target for libFuzzer:
//
//	go run seeds.go PACKAGE-DIRECTORY TARGET ARCHIVE
//
// In an archive entry the bytes of each argument follow their number, in four
// bytes, the first of which counts most: that is how the tool that builds the
// targets has them read arguments of type []byte and string. A spare byte ends the
// entry: there must be one behind a number even if it is zero, or the tool drops the
// whole entry without a word.
package main

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"go/ast"
	"go/parser"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("usage: go run seeds.go PACKAGE-DIRECTORY TARGET ARCHIVE")
	}
	files, err := filepath.Glob(filepath.Join(os.Args[1], "testdata", "fuzz", os.Args[2], "*"))
	if err != nil || len(files) == 0 {
		return // has none
	}
	if err := pack(os.Args[3], files); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %d seeds\n", os.Args[2], len(files))
}

func pack(archive string, files []string) error {
	f, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, file := range files {
		input, err := read(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		w, err := z.Create(filepath.Base(file))
		if err != nil {
			return err
		}
		if _, err := w.Write(input); err != nil {
			return err
		}
	}
	return z.Close()
}

// read returns the arguments in a file of Go's fuzzing corpus, one a line behind
// the version, as an entry.
func read(file string) (entry []byte, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		argument, err := parse(line)
		if err != nil {
			return nil, err
		}
		entry = append(binary.BigEndian.AppendUint32(entry, uint32(len(argument))), argument...)
	}
	return append(entry, 0), nil
}

// parse returns the bytes of an argument, which is a conversion of a literal.
func parse(line string) (string, error) {
	e, err := parser.ParseExpr(line)
	if err != nil {
		return "", err
	}
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 {
		if literal, ok := call.Args[0].(*ast.BasicLit); ok {
			return strconv.Unquote(literal.Value)
		}
	}
	return "", fmt.Errorf("found %q; expected a conversion of a literal", line)
}
