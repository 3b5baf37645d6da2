// SPDX-License-Identifier: MPL-2.0

package stores_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/storetest"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/push/stores"
)

// TestNginx speaks to a WebDAV server we did not write. nginx gives strong
// ETags of size and second, and ignores If-Match on PUT: the comparison by
// content just before is what keeps two changes within a second apart.
func TestNginx(t *testing.T) {
	t.Parallel()
	url, root := startNginx(t)
	auth := stores.Options{Username: "deploy", Password: func() (string, error) { return password, nil }}
	bounded := auth
	bounded.MaxSize = limit
	storetest.Run(t, open(t, url+"/cfg", bounded), limit)

	s := open(t, url+"/cfg", auth)
	if _, err := s.Put(t.Context(), "b.xml", []byte("1"), ""); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(root, "cfg", "b.xml")); err != nil || string(got) != "1" {
		t.Errorf("nginx stored %q (%v)", got, err)
	}
	_, _, err := open(t, url+"/cfg", stores.Options{}).Get(t.Context(), "b.xml")
	if err == nil || !strings.Contains(err.Error(), "401") || !strings.Contains(err.Error(), "user name and password") {
		t.Errorf("get without credentials: %v", err)
	}
	_, _, err = open(t, url+"/moved", auth).Get(t.Context(), "b.xml")
	if err == nil || !strings.Contains(err.Error(), "redirects") {
		t.Errorf("get of a redirecting address: %v", err)
	}
	_, err = open(t, url+"/static", auth).Put(t.Context(), "b.xml", []byte("1"), push.Any)
	if err == nil || !strings.Contains(err.Error(), "WebDAV") {
		t.Errorf("put where nginx has no WebDAV: %v", err)
	}
	_, err = s.Put(t.Context(), "large.xml", make([]byte, 3<<20), "")
	if err == nil || !strings.Contains(err.Error(), "limit for uploads") {
		t.Errorf("put beyond client_max_body_size: %v", err)
	}
}

// startNginx runs nginx with a configuration of its own on a free port of
// loopback and stops it by its process id.
func startNginx(t *testing.T) (url, root string) {
	t.Helper()
	bin, err := exec.LookPath("nginx")
	if err != nil {
		if bin = "/usr/sbin/nginx"; exec.Command(bin, "-v").Run() != nil {
			peer.Missing(t, "nginx with its dav module (Debian: nginx-light)")
		}
	}
	dir := t.TempDir()
	root = filepath.Join(dir, "root")
	for _, d := range []string{"root/cfg", "root/static", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "htpasswd"), []byte("deploy:{PLAIN}"+password+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	addr := peer.FreeAddress(t)
	as := ""
	if u, err := user.Current(); err == nil && u.Uid == "0" {
		as = "user " + u.Username + ";" // else its workers could not enter the test's directory
	}
	conf := fmt.Sprintf(`%s
daemon off;
master_process off;
pid %[2]s/nginx.pid;
error_log %[2]s/error.log;
events {}
http {
	access_log off;
	client_body_temp_path %[2]s/tmp/body;
	proxy_temp_path %[2]s/tmp/proxy;
	fastcgi_temp_path %[2]s/tmp/fastcgi;
	uwsgi_temp_path %[2]s/tmp/uwsgi;
	scgi_temp_path %[2]s/tmp/scgi;
	client_max_body_size 2m;
	server {
		listen %[3]s;
		root %[2]s/root;
		auth_basic "provisioning";
		auth_basic_user_file %[2]s/htpasswd;
		location /cfg/ {
			dav_methods PUT DELETE;
			create_full_put_path on;
		}
		location /static/ {}
		location /moved/ { return 301 /cfg/; }
	}
}
`, as, dir, addr)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	var talk strings.Builder
	cmd := exec.Command(bin, "-p", dir, "-c", file)
	cmd.Stdout, cmd.Stderr = &talk, &talk
	if err := cmd.Start(); err != nil {
		peer.Missing(t, "nginx that starts: "+err.Error())
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return "http://" + addr, root
		}
		if time.Now().After(end) {
			cmd.Process.Kill()
			cmd.Wait()
			if strings.Contains(talk.String(), "dav_methods") {
				peer.Missing(t, "nginx with its dav module")
			}
			t.Fatalf("nginx does not listen: %s", talk.String())
		}
	}
}

// TestNginxFaults: what docs/stores.md promises of nginx.
func TestNginxFaults(t *testing.T) {
	t.Parallel()
	location, _ := startNginx(t)
	storetest.Faults(t, strings.TrimPrefix(location, "http://"), storetest.Promised(t, "../..", "nginx"), func(address string, timeout time.Duration) push.Store {
		return open(t, "http://"+address+"/cfg", stores.Options{Username: "deploy", Password: func() (string, error) { return password, nil }, Timeout: timeout})
	})
}
