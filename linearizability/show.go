package linearizability

import (
	"fmt"
	"strconv"

	"annulus/model"
)

// answerText returns the outcome of an operation as text for the trace. names are the names
// of what was written with the tags 1, 2, and so on.
func answerText(o *model.Op, names []string) string {
	switch {
	case o.Outcome != model.OK:
		return o.Outcome.String()
	case o.Kind == model.OpAlloc:
		return blockText(o)
	case o.Kind == model.OpLook:
		return fmt.Sprintf("%s %v", blockText(o), o.State)
	case o.Kind == model.OpClaim && o.Tag > 0 && o.Tag <= uint64(len(names)):
		return fmt.Sprintf("%s #%s", blockText(o), names[o.Tag-1])
	case o.Kind == model.OpClaim:
		return fmt.Sprintf("%s #%d", blockText(o), o.Tag)
	case o.Kind == model.OpFinish:
		return fmt.Sprintf("%d bytes", o.Size)
	case o.Kind == model.OpReturn:
		return o.Cause.String()
	case o.Kind == model.OpCopyOnAccess:
		return strconv.FormatBool(o.InRegion)
	}
	return o.Outcome.String()
}

// blockText names the block of an operation: by its address, and by its generation if
// it is not the first at that place.
func blockText(o *model.Op) string {
	if o.Gen == 0 {
		return fmt.Sprintf("block %v", o.Addr)
	}
	return fmt.Sprintf("block %v gen %d", o.Addr, o.Gen)
}
