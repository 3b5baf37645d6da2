// SPDX-License-Identifier: MPL-2.0

// Package answer names the answers of web servers.
package answer

import (
	"fmt"
	"net/http"
	"strings"
)

// Status returns the code of an HTTP answer and the standard text for it. The
// text that the server wrote may be anything.
func Status(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}
