package files

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
)

// Replace replaces the named file, as a whole or not at all, by what write writes. The
// file has the mode that new files have, 0666 without what the umask takes away.
func Replace(path string, write func(io.Writer) error) (err error) {
	// os.CreateTemp would make a file that only its owner can read.
	var f *os.File
	for range 100 {
		name := fmt.Sprintf("%s.%08x", path, rand.Uint32())
		if f, err = os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666); !os.IsExist(err) {
			break
		}
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err = errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// ReplaceBy is Replace for a content that is there already.
func ReplaceBy(path string, content []byte) error {
	return Replace(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}
