package quote_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules/quote"
)

// A file and a buffer are no terminals; the null device is a character device, as a
// terminal is.
func TestIsTerminal(t *testing.T) {
	assert.False(t, quote.IsTerminal(new(bytes.Buffer)))
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	require.NoError(t, err)
	defer file.Close()
	assert.False(t, quote.IsTerminal(file))
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer null.Close()
	assert.True(t, quote.IsTerminal(null))
}
