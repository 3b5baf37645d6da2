// SPDX-License-Identifier: MPL-2.0

package peer

import (
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"testing"
)

// Loopback returns a loopback address of a test's own where the system has more
// than one: what is free there stays free, whatever other tests are doing.
func Loopback() string {
	if runtime.GOOS != "linux" {
		return "127.0.0.1"
	}
	return fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(250), rand.IntN(256), 1+rand.IntN(250))
}

// FreeAddress returns host and port of [Loopback] at which nobody listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(Loopback(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
