// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"crypto/tls"

	"github.com/spf13/pflag"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/trust"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/stores"
)

// storeFlags say where the phones' files are kept.
type storeFlags struct {
	location, user, password, token, caFile, cert, certKey string
	identity, knownHosts, hostKey                          string
}

func (f *storeFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.location, "store", "", "the `place` of the phones' files: an absolute directory, the http(s) URL of a web server that accepts PUT, sftp://USER@HOST/DIRECTORY or s3://BUCKET/PREFIX")
	flags.StringVar(&f.user, "user", "", "user `name` for a web server or SFTP")
	flags.StringVar(&f.password, "password", "", "its password from `source`: @PATH, env:VARIABLE or -")
	flags.StringVar(&f.token, "token", "", "bearer token for an https server from `source`, in place of them")
	flags.StringVar(&f.caFile, "ca-file", "", "CAs in a PEM `file` that may have issued the certificate of an https server")
	flags.StringVar(&f.cert, "cert", "", "certificate in a PEM `file` that an https server is shown")
	flags.StringVar(&f.identity, "identity", "", "private key in a `file` for SFTP (default: those of an agent and of ~/.ssh)")
	flags.StringVar(&f.knownHosts, "known-hosts", "", "host keys in a `file` that SFTP accepts (default: ~/.ssh/known_hosts)")
	flags.StringVar(&f.hostKey, "host-key", "", "the host `key` that SFTP accepts, in place of known hosts: \"ssh-ed25519 AAAA…\"")
	flags.StringVar(&f.certKey, "cert-key", "", "its private key in a PEM `file` (default: in the file of --cert)")
}

// open opens the store.
func (f *storeFlags) open(a *term.App) (push.Store, error) {
	o := stores.Options{Username: f.user, KeyFile: f.identity, KnownHosts: f.knownHosts, HostKey: f.hostKey}
	for _, x := range []struct {
		flag, value string
		option      stores.Option
	}{
		{"ca-file", f.caFile, stores.TLS}, {"cert", f.cert, stores.TLS}, {"cert-key", f.certKey, stores.TLS}, {"token", f.token, stores.Token},
		{"identity", f.identity, stores.KeyFile}, {"known-hosts", f.knownHosts, stores.KnownHosts}, {"host-key", f.hostKey, stores.HostKey},
	} {
		if err := stores.Fits(f.location, x.option); x.value != "" && err != nil {
			return nil, term.UsageError("--%s %w", x.flag, err)
		}
	}
	if f.certKey != "" && f.cert == "" {
		return nil, term.UsageError("--cert-key needs --cert").Hint("name the certificate that belongs to the key")
	}
	read := func(source string) (func() (string, error), error) {
		if source == "" {
			return nil, nil
		}
		s, err := a.ReadSecret(source)
		return func() (string, error) { return s.Reveal(), nil }, err
	}
	var err error
	if o.Password, err = read(f.password); err != nil {
		return nil, err
	}
	if o.Token, err = read(f.token); err != nil {
		return nil, err
	}
	if o.TLS, err = f.tls(a); err != nil {
		return nil, err
	}
	store, err := stores.Open(f.location, o)
	if err != nil {
		return nil, term.UsageError("%w", err)
	}
	return store, nil
}

// tls returns what the files of certificates say, nil where none is named.
func (f *storeFlags) tls(a *term.App) (*tls.Config, error) {
	if f.caFile == "" && f.cert == "" {
		return nil, nil
	}
	config := &tls.Config{}
	if f.caFile != "" {
		data, err := a.ReadFile(f.caFile)
		if err != nil {
			return nil, err
		}
		if config.RootCAs, err = trust.Roots(f.caFile, data); err != nil {
			return nil, term.UsageError("%w", err)
		}
	}
	if f.cert == "" {
		return config, nil
	}
	cert, err := a.ReadFile(f.cert)
	if err != nil {
		return nil, err
	}
	name, key := f.cert, cert
	if f.certKey != "" {
		name = f.certKey
		if key, err = a.ReadFile(f.certKey); err != nil {
			return nil, err
		}
	}
	pair, err := trust.KeyPair(f.cert, cert, name, key)
	if err != nil {
		return nil, term.UsageError("%w", err)
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}
