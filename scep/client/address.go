// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"net/url"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// parseServer returns the URL of an address that [cdc.ParseServer] accepts. One
// without a path gets defaultPath. Errors are [*Error] with CodeHTTPS or CodeURL.
func parseServer(s, defaultPath string) (*url.URL, error) {
	server, err := cdc.ParseServer(s)
	if err != nil {
		e, _ := errors.AsType[*cdc.Error](err)
		code := CodeURL
		if e.Reason == cdc.ReasonScheme && strings.EqualFold(s[e.Start:e.End], "https") {
			code = CodeHTTPS
		}
		return nil, problem("configuration", code, e.Hint, "%s", e.Message)
	}
	u := server.URL()
	if u.Path == "" {
		u.Path = defaultPath
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// parseFingerprint reads a pin. Errors are [*Error] with CodeFingerprint.
func parseFingerprint(s, whose string) (cdc.Fingerprint, error) {
	f, err := cdc.ParseFingerprint(s)
	if e, ok := errors.AsType[*cdc.Error](err); ok {
		return f, problem("configuration", CodeFingerprint, e.Hint, "%s%s", whose, e.Message)
	}
	return f, nil
}
