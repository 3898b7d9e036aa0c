package schedules

import "annulus/schedules/files"

// SyntaxError says where a file or a text is not what its reader expects.
type SyntaxError = files.SyntaxError
