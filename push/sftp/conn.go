// SPDX-License-Identifier: MPL-2.0

package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

const (
	attempts = 3
	pause    = 200 * time.Millisecond // before the first repetition, doubled for each, half of it by chance
	idleTime = 30 * time.Second
)

// A conn is one connection, for one operation at a time: to end that one, it is
// closed.
type conn struct {
	*sftp.Client
	ssh   *ssh.Client
	timer *time.Timer // closes it when nobody used it for a while
}

func (c *conn) close() {
	c.ssh.Close()
	c.Client.Close()
}

// do runs an operation with a connection, over again where that was lost. An
// operation must know how to be repeated.
func (s *store) do(ctx context.Context, f func(*conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return fmt.Errorf("all of %d connections are in use: %w", s.o.Connections, ctx.Err())
	}
	for n := 1; ; n++ {
		err := s.once(ctx, f)
		if !lost(err) {
			return err
		}
		if n == attempts || ctx.Err() != nil {
			return fmt.Errorf("the server does not answer: %w", err)
		}
		wait := pause << (n - 1)
		select {
		case <-time.After(wait/2 + rand.N(wait/2)):
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		}
	}
}

// once runs an operation with one connection, which it closes if the time is over.
func (s *store) once(ctx context.Context, f func(*conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout/2)
	defer cancel()
	c, err := s.take(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, c.close)
	err = f(c)
	switch {
	case !stop():
		if err != nil {
			err = ctx.Err()
		}
	case lost(err):
		c.close()
		s.drop()
	default:
		s.give(c)
	}
	return err
}

// take returns a connection that waits for work, or opens one.
func (s *store) take(ctx context.Context) (*conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.idle) > 0 {
		c := s.idle[len(s.idle)-1]
		s.idle = s.idle[:len(s.idle)-1]
		if c.timer.Stop() {
			return c, nil
		}
	}
	s.mu.Unlock()
	defer s.mu.Lock()
	return s.dial(ctx)
}

func (s *store) give(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.timer = time.AfterFunc(idleTime, c.close)
	s.idle = append(s.idle, c)
}

// drop closes the connections that wait for work: what became of one has become
// of the others, most likely.
func (s *store) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.idle {
		if c.timer.Stop() {
			c.close()
		}
	}
	s.idle = nil
}

// dial opens a connection and starts SFTP on it.
func (s *store) dial(ctx context.Context) (*conn, error) {
	config, done, err := s.config()
	if err != nil {
		return nil, err
	}
	defer done()
	tcp, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { tcp.Close() })
	defer stop()
	c, channels, requests, err := ssh.NewClientConn(tcp, s.address, config)
	if err != nil {
		tcp.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, s.refused(err)
	}
	client := ssh.NewClient(c, channels, requests)
	files, err := sftp.NewClient(client, sftp.UseConcurrentWrites(true))
	if err != nil {
		_, _, gone := client.SendRequest("keepalive@openssh.com", true, nil)
		client.Close()
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case gone != nil:
			return nil, fmt.Errorf("the connection ended: %w", io.ErrUnexpectedEOF)
		}
		return nil, fmt.Errorf("the server does not offer SFTP: %w", err)
	}
	return &conn{Client: files, ssh: client}, nil
}

// lost reports whether an error means that the connection is, rather than what the
// server answered.
func lost(err error) bool {
	var network net.Error
	var canceled = errors.Is(err, context.Canceled)
	return !canceled && (errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, sftp.ErrSSHFxConnectionLost) || errors.Is(err, sftp.ErrSSHFxNoConnection) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe))
}

// wrap says of which object an error is. The text that a server sends with a
// status is left out: it may be anything.
func (s *store) wrap(verb, name string, err error) error {
	var status *sftp.StatusError
	switch {
	case errors.As(err, &status):
		err = fmt.Errorf("the server answered %s", status.FxCode())
	case errors.Is(err, fs.ErrPermission):
		err = fmt.Errorf("the user is not allowed to %s there: %w", verb, fs.ErrPermission)
	case errors.Is(err, push.ErrConflict):
		err = push.ErrConflict
	}
	return fmt.Errorf("%s %s in store %s: %w", verb, name, s, err)
}
