// SPDX-License-Identifier: MPL-2.0

// Package stores opens a [push.Store] of any kind by its location:
//
//	s, err := stores.Open("/srv/provisioning", stores.Options{})
//	s, err := stores.Open("https://phones.example.net/cfg/", stores.Options{
//		Username: "deploy",
//		Password: func() (string, error) { return os.Getenv("STORE_PASSWORD"), nil },
//	})
//
// It links every kind; a program that needs one imports that one's package.
package stores

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/web"
)

// Options adjust a store. Those that a kind does not have are not used.
type Options = web.Options

// Open returns the store at location: an absolute directory, a file:// URL of
// one, or the http:// or https:// base URL of a web server. It touches neither
// disk nor network, so a store that is not there shows at the first operation.
func Open(location string, o Options) (push.Store, error) {
	dir := push.Options{MaxSize: o.MaxSize, Timeout: o.Timeout}
	if filepath.IsAbs(location) {
		return push.OpenDir(location, dir)
	}
	u, err := url.Parse(location)
	switch {
	case location == "":
		return nil, errors.New("no store given: want an absolute directory or an http(s):// URL")
	case err != nil || u.Scheme == "" || u.Opaque != "":
		if strings.Contains(location, "@") {
			location = "(not shown: it may hold a password)"
		}
		return nil, fmt.Errorf("store %q is neither an absolute directory (/srv/provisioning) nor a file://, http:// or https:// URL", location)
	case u.User != nil:
		return nil, fmt.Errorf("store %q carries credentials: give user name and password apart from the URL", u.Redacted())
	case u.Scheme == "file":
		return push.OpenDir(location, dir)
	case u.Scheme == "http" || u.Scheme == "https":
		return web.Open(u, o)
	}
	return nil, fmt.Errorf("store %q: scheme %q is not known: want an absolute directory, file://, http:// or https://", location, u.Scheme)
}
