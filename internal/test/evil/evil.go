// SPDX-License-Identifier: MPL-2.0

// Package evil is a web server that tries to speak to the terminal of whoever
// reads an error about it.
package evil

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"
)

// Reason is what the server writes behind its status code, 418.
const Reason = "\x1b[2J\x1b[31mALL PHONES VERIFIED\x1b[0m \x1b]0;owned\x07 \u202Egnp \u2028"

// Server starts a server that answers every request so, and returns its address,
// with a slash at the end. It ends with the test.
func Server(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					r.Body.Close()
					_, _ = c.Write([]byte("HTTP/1.1 418 " + Reason + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
				}
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

// Spoke reports whether a text holds anything of the Reason.
func Spoke(text string) bool {
	return strings.ContainsAny(text, "\x1b\a\u202E\u2028") || strings.Contains(text, "VERIFIED")
}
