// SPDX-License-Identifier: MPL-2.0

// Package stores opens a [push.Store] of any kind by its location:
//
//	s, err := stores.Open("/srv/provisioning", stores.Options{})
//	s, err := stores.Open("https://phones.example.net/cfg/", stores.Options{
//		Username: "deploy",
//		Password: func() (string, error) { return os.Getenv("STORE_PASSWORD"), nil },
//	})
//	s, err := stores.Open("sftp://deploy@files.example.net/srv/tftp", stores.Options{})
//
// It links every kind; a program that needs one imports that one's package.
package stores

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/blob/s3"
	"github.com/phonecfg/terraform-provider-ciscophone/push/sftp"
	"github.com/phonecfg/terraform-provider-ciscophone/push/web"
)

// Options adjust a store. The zero value is usable. User name and password are not
// used where a kind has none; of the options in [Option], those that a kind does not
// have are an error.
type Options struct {
	// Username and Password are known to a web server (Basic authentication) or
	// to a server of SFTP. Password may be nil, and is called each time anew.
	Username string
	Password func() (string, error)
	// MaxSize bounds one object, in bytes. 0 means [push.DefaultMaxSize].
	MaxSize int64
	// Timeout bounds one operation. 0 means [push.DefaultTimeout].
	Timeout time.Duration

	// TLS, Token and Client are those of [web.Options].
	TLS    *tls.Config
	Token  func() (string, error)
	Client *http.Client

	// KeyFile, KnownHosts and HostKey are those of [sftp.Options].
	KeyFile    string
	KnownHosts string
	HostKey    string
}

// An Option is one of [Options] that not every kind of store has.
type Option string

// The options that not every kind has.
const (
	TLS        Option = "TLS"
	Token      Option = "Token"
	KeyFile    Option = "KeyFile"
	KnownHosts Option = "KnownHosts"
	HostKey    Option = "HostKey"
)

// kinds are the schemes of the stores that have an option. Over http a token is
// refused with a reason of its own.
var kinds = map[Option][]string{
	TLS: {"https"}, Token: {"https", "http"}, KeyFile: {"sftp"}, KnownHosts: {"sftp"}, HostKey: {"sftp"},
}

// Fits returns what is wrong with an option for the store at location, nil where
// that kind of store has it. The error does not name the option, which a person
// knows by another name.
func Fits(location string, o Option) error {
	scheme, _, _ := strings.Cut(strings.ToLower(location), "://")
	if of, ok := kinds[o]; ok && !slices.Contains(of, scheme) {
		return fmt.Errorf("is about %s://, and the store is another: leave it out, or correct the store", of[0])
	}
	return nil
}

// unfit returns the first option that is given for another kind of store.
func (o *Options) unfit(location string) error {
	for _, x := range []struct {
		option Option
		given  bool
	}{{TLS, o.TLS != nil}, {Token, o.Token != nil}, {KeyFile, o.KeyFile != ""}, {KnownHosts, o.KnownHosts != ""}, {HostKey, o.HostKey != ""}} {
		if !x.given {
			continue
		}
		if err := Fits(location, x.option); err != nil {
			return fmt.Errorf("option %s %w", x.option, err)
		}
	}
	return nil
}

const forms = "an absolute directory (/srv/provisioning), or a URL with file://, sftp://, s3://, http:// or https://"

// Open returns the store at location: an absolute directory, a file:// URL of
// one, the http:// or https:// base URL of a web server, or an sftp:// or s3:// URL.
// It writes nothing and uses no network, so a store that is not there shows at the
// first operation.
func Open(location string, o Options) (push.Store, error) {
	store, err := open(location, o)
	if err == nil {
		err = o.unfit(location)
	}
	if err != nil {
		return nil, err
	}
	return store, nil
}

func open(location string, o Options) (push.Store, error) {
	dir := push.Options{MaxSize: o.MaxSize, Timeout: o.Timeout}
	if filepath.IsAbs(location) {
		return push.OpenDir(location, dir)
	}
	u, err := url.Parse(location)
	switch {
	case location == "":
		return nil, errors.New("no store given: want " + forms)
	case err != nil || u.Scheme == "" || u.Opaque != "":
		if strings.Contains(location, "@") {
			location = "(not shown: it may hold a password)"
		}
		return nil, fmt.Errorf("store %q: want %s", location, forms)
	case u.Scheme == "sftp":
		return sftp.Open(u, sftp.Options{Username: o.Username, Password: o.Password, KeyFile: o.KeyFile, KnownHosts: o.KnownHosts, HostKey: o.HostKey,
			MaxSize: o.MaxSize, Timeout: o.Timeout})
	case u.User != nil:
		return nil, fmt.Errorf("store %q carries credentials: give user name and password apart from the URL", u.Redacted())
	case u.Scheme == "file":
		return push.OpenDir(location, dir)
	case u.Scheme == "s3":
		return s3.Open(u, dir)
	case u.Scheme == "http" || u.Scheme == "https":
		return web.Open(u, web.Options{Client: o.Client, TLS: o.TLS, Username: o.Username, Password: o.Password, Token: o.Token,
			MaxSize: o.MaxSize, Timeout: o.Timeout})
	}
	return nil, fmt.Errorf("store %q: scheme %q is not known: want %s", location, u.Scheme, forms)
}
