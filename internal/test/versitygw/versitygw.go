// SPDX-License-Identifier: MPL-2.0

// Package versitygw runs a server that speaks the protocol of Amazon S3 for tests.
package versitygw

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// The credentials that the server knows.
const (
	AccessKey = "test-access"
	SecretKey = "test-secret-of-the-gateway"
)

// Start starts a server with the bucket phones, on loopback, until the test ends,
// and returns its host and port and the directory of the bucket.
func Start(t *testing.T) (address, bucket string) {
	t.Helper()
	bin := peer.Built(t, "CISCOPHONE_VERSITYGW")
	dir := t.TempDir()
	address, bucket = peer.FreeAddress(t), filepath.Join(dir, "data", "phones")
	for _, d := range []string{bucket} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(bin, "--port", address, "--quiet", "posix", filepath.Join(dir, "data"))
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+AccessKey, "ROOT_SECRET_KEY="+SecretKey)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := func() { cmd.Process.Kill(); cmd.Wait() }
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			t.Cleanup(stop)
			return address, bucket
		}
		if time.Now().After(end) {
			stop()
			said, _ := os.ReadFile(log.Name())
			t.Fatalf("versitygw does not listen: %s", said)
		}
	}
}
