// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Package postgres runs a PostgreSQL server for tests.
package postgres

import (
	"bytes"
	"database/sql"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // database/sql's driver pgx

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// Server is a PostgreSQL server.
type Server struct {
	Address  string // host and port
	User     string
	Password string
}

// Start starts a server of the test's own, and ends it with the test. The server
// refuses to be run by root, who runs it as the account postgres.
func Start(t testing.TB) *Server {
	t.Helper()
	initdb, postgres := program(t, "initdb"), program(t, "postgres")
	dir, err := os.MkdirTemp("", "postgres") // not t.TempDir, where other accounts cannot go
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Server{Address: peer.FreeAddress(t), User: "reader", Password: "s3 cr:et/@"}
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte(s.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	account := unprivileged(t, dir)
	create := exec.CommandContext(t.Context(), initdb, "-D", "data", "-U", s.User, "-A", "scram-sha-256", "--pwfile=password", "-N", "-E", "UTF8", "--locale=C")
	create.Dir, create.SysProcAttr = dir, &syscall.SysProcAttr{Credential: account}
	if out, err := create.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	var log bytes.Buffer
	run := exec.Command(postgres, "-D", "data", "-c", "listen_addresses="+host, "-p", port, "-k", "", "-c", "fsync=off")
	run.Dir, run.SysProcAttr, run.Stdout, run.Stderr = dir, &syscall.SysProcAttr{Credential: account}, &log, &log
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Signal(syscall.SIGINT) // ends sessions and the server
		_ = run.Wait()
		if t.Failed() {
			t.Logf("postgres says:\n%s", log.String())
		}
	})
	s.wait(t)
	return s
}

// program finds what Debian keeps in a folder for each version.
func program(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if paths, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(paths) > 0 {
		return paths[len(paths)-1]
	}
	peer.Missing(t, name+" of PostgreSQL")
	return ""
}

// unprivileged returns who runs the server, nil for the account that runs the test.
func unprivileged(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		peer.Missing(t, "the account postgres")
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	for _, path := range []string{dir, filepath.Join(dir, "password")} {
		if err := os.Chown(path, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// wait returns when the server answers.
func (s *Server) wait(t testing.TB) {
	t.Helper()
	db := s.Open(t, "postgres")
	var err error
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(50 * time.Millisecond) {
		if err = db.PingContext(t.Context()); err == nil {
			return
		}
	}
	t.Fatalf("postgres does not answer: %v", err)
}

// URL returns the address of a database, with the password if it is wanted.
func (s *Server) URL(database string, password bool) string {
	u := url.URL{Scheme: "postgres", User: url.User(s.User), Host: s.Address, Path: "/" + database}
	if password {
		u.User = url.UserPassword(s.User, s.Password)
	}
	return u.String()
}

// Open returns a connection to a database, which ends with the test.
func (s *Server) Open(t testing.TB, database string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", s.URL(database, true))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
