// SPDX-License-Identifier: MPL-2.0

// Package sshd runs OpenSSH for tests.
package sshd

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// A Server is OpenSSH with keys of its own, on loopback, until the test ends.
type Server struct {
	Address string // host and port
	Root    string // a directory that it offers
	User    string
	Key     string // file of the private key that lets the user in
	Other   string // file of a private key that does not
	HostKey string // the server's public key, as in a .pub file
	Known   string // a file of known hosts with it
}

// URL is the location of a directory that the server offers.
func (s Server) URL(dir string) string { return "sftp://" + s.User + "@" + s.Address + dir }

// Start starts a server.
func Start(t *testing.T) Server {
	t.Helper()
	bin := peer.Program(t, "sshd") // by its whole path: it starts itself again
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if me.Uid == "0" {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // as Debian's service does
			peer.Missing(t, "sshd that can start: "+err.Error())
		}
	}
	dir := t.TempDir()
	s := Server{Address: peer.FreeAddress(t), Root: filepath.Join(dir, "root"), User: me.Username, Known: filepath.Join(dir, "known_hosts")}
	host, hostKey := NewKey(t, dir, "host")
	key, public := NewKey(t, dir, "user")
	s.Other, _ = NewKey(t, dir, "other")
	s.Key, s.HostKey = key, hostKey
	h, port, _ := net.SplitHostPort(s.Address)
	writeFile(t, filepath.Join(dir, "authorized"), public)
	writeFile(t, s.Known, fmt.Sprintf("[%s]:%s %s", h, port, hostKey))
	if err := os.Mkdir(s.Root, 0o755); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "sshd_config")
	writeFile(t, config, fmt.Sprintf(`ListenAddress %s:%s
HostKey %s
AuthorizedKeysFile %s/authorized
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 200
Subsystem sftp internal-sftp
`, h, port, host, dir))
	log := filepath.Join(dir, "log")
	// -E and not a pipe: the processes of connections would keep that open.
	cmd := exec.Command(bin, "-D", "-E", log, "-f", config)
	peer.OwnGroup(cmd) // the processes of its connections end with it
	if err := cmd.Start(); err != nil {
		peer.Missing(t, "sshd that starts: "+err.Error())
	}
	stop := func() { peer.KillGroup(cmd); cmd.Process.Kill(); cmd.Wait() }
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", s.Address); err == nil {
			c.Close()
			t.Cleanup(stop)
			return s
		}
		if time.Now().After(end) {
			stop()
			said, _ := os.ReadFile(log)
			t.Fatalf("sshd does not listen: %s", said)
		}
	}
}

// NewKey writes a private key without passphrase and returns its file and the
// public key as a line.
func NewKey(t *testing.T, dir, name string) (file, public string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, name)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, name)
	writeFile(t, file, string(pem.EncodeToMemory(block)))
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return file, string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
