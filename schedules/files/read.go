package files

import (
	"fmt"
	"io"
	"os"
)

// Load returns the content of the named file, which may have most bytes. A longer one
// is not read to its end, and gets a [SyntaxError]; what says what the file should be.
func Load(path string, most int64, what string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := Read(f, most, what)
	return data, In(path, err)
}

// Read is Load for a reader.
func Read(r io.Reader, most int64, what string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, TooLong(most, what)
	}
	return data, err
}

// TooLong is the error about a text of more than most bytes.
func TooLong(most int64, what string) *SyntaxError {
	return &SyntaxError{Found: "more text", Expected: fmt.Sprintf("%s of at most %d bytes", what, most)}
}
