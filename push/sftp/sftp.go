// SPDX-License-Identifier: MPL-2.0

// Package sftp is a [push.Store] in a directory that a server offers by SFTP, the
// file transfer protocol of SSH.
//
//	s, err := sftp.Open(location, sftp.Options{KeyFile: "/etc/deploy/id_ed25519"})
//
// where location is sftp://deploy@files.example.net/srv/tftp, or /~/cfg for a
// directory below the home directory of the user. The user name may stand in the
// URL, a password may not.
//
// # Who the server is, and who we are
//
// The host key must be the one of [Options.HostKey], or stand in known_hosts; an
// unknown host is refused, and nothing is ever added there. The user is known by
// [Options.KeyFile], by the keys of an agent (SSH_AUTH_SOCK), by those of ~/.ssh
// that have no passphrase, or by [Options.Password].
//
// # What is promised
//
// A reader sees the former bytes or the new ones: a file is written beside its
// place under a hidden name, flushed where the server has fsync@openssh.com, and
// renamed (posix-rename@openssh.com; a server without it can create files and not
// replace them). The renaming itself is not flushed: SFTP cannot do that.
//
// An object that must not exist yet is created in one step by servers that refuse
// to rename over a file, as OpenSSH does. To replace the version that was read is
// two steps, comparing and renaming, because SFTP has no condition: for all who
// use one Store they are one, and between programs a gap of a round trip remains.
//
// A cut or stalled connection is opened again and the operation repeated, up to
// three times. Before a Put is repeated the former temporary file is removed, so
// that a renaming still under way can do nothing any more; where it has already
// gone, the renaming has happened. Temporary files of a killed program are removed
// by [push.Store].List once they are an hour old.
package sftp

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

// Options adjust a store. The zero value is usable.
type Options struct {
	// Username is the user at the server, if it does not stand in the URL.
	// Default: the one who runs the program.
	Username string
	// Password is called for each connection and may be nil.
	Password func() (string, error)
	// KeyFile is a file of a private key without a passphrase. If given, neither
	// an agent nor ~/.ssh is asked for keys.
	KeyFile string
	// KnownHosts is a file in the format of OpenSSH. Default: ~/.ssh/known_hosts
	// and /etc/ssh/ssh_known_hosts.
	KnownHosts string
	// HostKey is the only key that the server may have, as in a line of a .pub
	// file: "ssh-ed25519 AAAA…". It is used in place of known_hosts.
	HostKey string
	// Connections bounds the connections open at the same time. 0 means 4.
	Connections int
	// MaxSize bounds one object, in bytes. 0 means [push.DefaultMaxSize].
	MaxSize int64
	// Timeout bounds one operation with its repetitions, each of which has half of
	// it. 0 means [push.DefaultTimeout].
	Timeout time.Duration
}

const defaultConnections = 4

// A store keeps objects as files below one directory of a server.
type store struct {
	location string
	address  string // host and port
	root     string
	user     string
	o        Options
	slots    chan struct{} // one for each connection in use
	turns    turns
	mu       sync.Mutex
	idle     []*conn
}

// Open returns the store at an sftp:// URL. It does not touch the network, so a
// server that is not there shows at the first operation.
func Open(location *url.URL, o Options) (push.Store, error) {
	if location == nil || location.Scheme != "sftp" {
		return nil, errors.New("want a store of the form sftp://USER@HOST/DIRECTORY")
	}
	_, password := location.User.Password()
	user := location.User.Username()
	at := *location
	at.RawQuery, at.Fragment = "", ""
	shown := at.Redacted()
	switch {
	case password:
		return nil, fmt.Errorf("store %q carries a password: give it apart from the URL, or use a key", shown)
	case location.Hostname() == "":
		return nil, fmt.Errorf("store %q has no host", shown)
	case location.RawQuery != "" || location.Fragment != "":
		return nil, fmt.Errorf("store %q: a query or fragment has no meaning in the URL of a directory", shown)
	case user != "" && o.Username != "" && user != o.Username:
		return nil, fmt.Errorf("store %q names another user than the user name %q given apart: leave out one of them", shown, o.Username)
	case strings.Contains(location.Path, "\x00"):
		return nil, fmt.Errorf("store %q: a directory cannot hold a zero byte", shown)
	}
	if o.HostKey != "" {
		if _, err := parseHostKey(o.HostKey); err != nil {
			return nil, err
		}
	}
	if user == "" {
		user = o.Username
	}
	if o.Connections <= 0 {
		o.Connections = defaultConnections
	}
	if o.MaxSize <= 0 {
		o.MaxSize = push.DefaultMaxSize
	}
	if o.Timeout <= 0 {
		o.Timeout = push.DefaultTimeout
	}
	port := location.Port()
	if port == "" {
		port = "22"
	}
	return &store{
		location: at.String(), address: net.JoinHostPort(location.Hostname(), port),
		root: directory(location.Path), user: user, o: o,
		slots: make(chan struct{}, o.Connections), turns: turns{of: map[string]*turn{}},
	}, nil
}

// directory returns the directory that the path of a URL means: an absolute one,
// or with /~/ one below the home directory.
func directory(p string) string {
	if p == "/~" || strings.HasPrefix(p, "/~/") {
		return path.Join(".", strings.TrimPrefix(p, "/~"))
	}
	return path.Clean("/" + p)
}

func (s *store) String() string { return s.location }

// at is the path of an object on the server.
func (s *store) at(name string) string { return path.Join(s.root, name) }
