// SPDX-License-Identifier: MPL-2.0

package sftp

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"
)

// config returns what a connection needs to know of both sides, and a function to
// call when it stands.
func (s *store) config() (config *ssh.ClientConfig, done func(), err error) {
	config = &ssh.ClientConfig{User: s.user}
	if config.User == "" {
		me, err := user.Current()
		if err != nil {
			return nil, nil, fmt.Errorf("no user name is given, and the system tells none: %w", err)
		}
		config.User = me.Username
	}
	if config.HostKeyCallback, config.HostKeyAlgorithms, err = s.hostKeys(); err != nil {
		return nil, nil, err
	}
	config.Auth, done, err = s.authMethods()
	return config, done, err
}

// authMethods returns the ways to say who we are.
func (s *store) authMethods() (methods []ssh.AuthMethod, done func(), err error) {
	done = func() {}
	if s.o.Password != nil {
		password, err := s.o.Password()
		if err != nil {
			return nil, nil, fmt.Errorf("password for store %s: %w", s, err)
		}
		methods = append(methods, ssh.Password(password), ssh.KeyboardInteractive(
			func(_, _ string, questions []string, echo []bool) ([]string, error) {
				if len(questions) == 0 {
					return nil, nil
				}
				if len(questions) > 1 || echo[0] {
					return nil, errors.New("the server asks for more than a password")
				}
				return []string{password}, nil
			}))
	}
	if s.o.KeyFile != "" {
		key, err := readKey(s.o.KeyFile)
		if err != nil {
			return nil, nil, err
		}
		return append([]ssh.AuthMethod{ssh.PublicKeys(key)}, methods...), done, nil
	}
	keys, done := usualKeys()
	if keys != nil {
		methods = append([]ssh.AuthMethod{ssh.PublicKeysCallback(keys)}, methods...)
	}
	return methods, done, nil
}

// usualKeys returns the keys of the agent and those of ~/.ssh that can be used
// without asking anybody.
func usualKeys() (keys func() ([]ssh.Signer, error), done func()) {
	done = func() {}
	var others agent.ExtendedAgent
	if socket := os.Getenv("SSH_AUTH_SOCK"); socket != "" {
		if c, err := net.Dial("unix", socket); err == nil {
			others, done = agent.NewClient(c), func() { c.Close() }
		}
	}
	return func() (signers []ssh.Signer, err error) {
		if others != nil {
			signers, _ = others.Signers() // an agent that fails has no keys
		}
		home, err := os.UserHomeDir()
		if err != nil {
			return signers, nil
		}
		for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
			if key, err := readKey(filepath.Join(home, ".ssh", name)); err == nil {
				signers = append(signers, key)
			}
		}
		return signers, nil
	}, done
}

// maxKeyFile bounds a file of one key; RSA with 16,384 bits takes 13 kB.
const maxKeyFile = 64 << 10

// readKey returns the key of a file. Its errors hold nothing of it.
func readKey(name string) (ssh.Signer, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("private key: %v", err) // not %w: a key that does not exist is not an object that does not
	case !info.Mode().IsRegular() || info.Size() > maxKeyFile:
		return nil, fmt.Errorf("private key %s: not a file of at most %d bytes", name, maxKeyFile)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("private key: %v", err) // not %w: a key that does not exist is not an object that does not
	}
	defer clear(data)
	key, err := ssh.ParsePrivateKey(data)
	if errors.As(err, new(*ssh.PassphraseMissingError)) {
		return nil, fmt.Errorf("private key %s has a passphrase: load it into an agent (ssh-add) and leave the file out", name)
	}
	if err != nil {
		return nil, fmt.Errorf("private key %s cannot be read: want one in the format of OpenSSH or in PEM", name)
	}
	return key, nil
}

// parseHostKey reads a pinned key.
func parseHostKey(line string) (ssh.PublicKey, error) {
	key, _, _, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, fmt.Errorf("host key %.60q: want one line of the form \"ssh-ed25519 AAAA…\", as ssh-keyscan shows it behind the host", line)
	}
	return key, nil
}

// hostKeys returns the check of the server's key, and the algorithms to ask the
// server for: a server has several keys, and the one that is known must be shown.
func (s *store) hostKeys() (ssh.HostKeyCallback, []string, error) {
	if s.o.HostKey != "" {
		key, err := parseHostKey(s.o.HostKey)
		if err != nil {
			return nil, nil, err
		}
		return ssh.FixedHostKey(key), algorithms(key.Type()), nil
	}
	files, err := s.knownHosts()
	if err != nil {
		return nil, nil, err
	}
	check, err := knownhosts.New(files...)
	if err != nil {
		return nil, nil, fmt.Errorf("known hosts: %v", err)
	}
	var want []string
	var unknown *knownhosts.KeyError
	if err := check(s.address, &net.TCPAddr{}, noKey{}); errors.As(err, &unknown) {
		for _, known := range unknown.Want {
			want = append(want, algorithms(known.Key.Type())...)
		}
	}
	if certified(files) {
		want = append(slices.Clone(certificates), want...)
	}
	return check, want, nil
}

// knownHosts returns the files to look into.
func (s *store) knownHosts() (files []string, err error) {
	if s.o.KnownHosts != "" {
		return []string{s.o.KnownHosts}, nil
	}
	usual := []string{"/etc/ssh/ssh_known_hosts"}
	if home, err := os.UserHomeDir(); err == nil {
		usual = append(usual, filepath.Join(home, ".ssh", "known_hosts"))
	}
	for _, name := range usual {
		if _, err := os.Stat(name); err == nil {
			files = append(files, name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("known hosts: %v", err)
		}
	}
	return files, nil
}

// certificates are the algorithms of servers whose keys a CA has signed.
var certificates = []string{ssh.CertAlgoED25519v01, ssh.CertAlgoECDSA256v01, ssh.CertAlgoECDSA384v01, ssh.CertAlgoECDSA521v01,
	ssh.CertAlgoRSASHA512v01, ssh.CertAlgoRSASHA256v01}

// certified reports whether a file of known hosts names a CA.
func certified(files []string) bool {
	return slices.ContainsFunc(files, func(name string) bool {
		data, err := os.ReadFile(name)
		return err == nil && strings.Contains(string(data), "@cert-authority")
	})
}

// algorithms returns those by which a server can show a type of key.
func algorithms(keyType string) []string {
	if keyType == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{keyType}
}

// noKey is a key that nobody has, to ask which are known.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return nil }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("not a key") }

// refused says what a failed handshake means for the person who has to act on it.
func (s *store) refused(err error) error {
	var key *knownhosts.KeyError
	var revoked *knownhosts.RevokedError
	switch {
	case errors.As(err, &key) && len(key.Want) == 0:
		return fmt.Errorf("the key of host %s is not known: compare it, then add it to known_hosts (ssh-keyscan) or give it as host key", s.address)
	case errors.As(err, &key) || strings.Contains(err.Error(), "host key mismatch"):
		return fmt.Errorf("host %s has another key than the known one: either it was renewed, or this is not the host", s.address)
	case errors.As(err, &revoked):
		return fmt.Errorf("the key of host %s is revoked in known_hosts", s.address)
	case strings.Contains(err.Error(), "no common algorithm for host key"):
		return fmt.Errorf("host %s does not have a key of the known type: either it was renewed, or this is not the host", s.address)
	case strings.Contains(err.Error(), "unable to authenticate"):
		return fmt.Errorf("host %s does not let the user in: its key, an agent's or a password is missing, wrong or not allowed", s.address)
	}
	return err
}
