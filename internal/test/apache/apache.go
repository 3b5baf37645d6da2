// SPDX-License-Identifier: MPL-2.0

// Package apache starts, for tests, a web server that demands NTLM: Apache with
// mod_auth_gssapi and GSS-NTLMSSP, which know NTLM without a Windows domain. Only
// tests import it.
package apache

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// Where Debian puts what is needed; the second is how libgssapi learns of NTLM.
const (
	modules   = "/usr/lib/apache2/modules"
	mechanism = "/etc/gss/mech.d/mech.ntlmssp.conf"
)

// A Server is an Apache on loopback.
type Server struct {
	URL     string // https, with a certificate of CA
	Plain   string // the same by http
	Closing string // by http, where each connection ends with its first answer
	CA      *x509.Certificate
	CAFile  string // CA as PEM
}

// Start runs an Apache until the test ends. pages are its files by their path,
// "certsrv/mscep_admin/index.html"; below certsrv it demands NTLM from users,
// one "DOMAIN:user:password" each, and below basic Basic authentication from the
// same, as DOMAIN\user.
// Without Apache it skips the test, or fails it where peers are required.
func Start(t testing.TB, users []string, pages map[string][]byte) *Server {
	t.Helper()
	binary := program(t)
	dir := folder(t)
	s := &Server{CAFile: filepath.Join(dir, "ca.pem")}
	s.certificate(t, dir)
	put := func(name string, data []byte) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range pages {
		put("www/"+name, data)
	}
	put("users", []byte(strings.Join(users, "\n")+"\n"))
	put("htpasswd", htpasswd(users))
	const attempts = 3 // a port that was free may have been taken since
	for range attempts {
		secure, plain, closing := free(t), free(t), free(t)
		s.URL, s.Plain, s.Closing = "https://"+secure, "http://"+plain, "http://"+closing
		put("httpd.conf", []byte(strings.NewReplacer("DIR", dir, "MODULES", modules, "SECURE", secure, "PLAIN", plain, "CLOSING", closing).Replace(configuration)))
		if run(t, binary, dir, closing) {
			return s
		}
	}
	said, _ := os.ReadFile(filepath.Join(dir, "talk"))
	log, _ := os.ReadFile(filepath.Join(dir, "error.log"))
	t.Fatalf("apache does not start: %s%s", said, log)
	return nil
}

// run starts Apache and waits until it listens at address. It reports whether it
// does; what it says is in the file talk.
func run(t testing.TB, binary, dir, address string) bool {
	t.Helper()
	talk, err := os.Create(filepath.Join(dir, "talk"))
	if err != nil {
		t.Fatal(err)
	}
	defer talk.Close() // Apache has its own
	cmd := exec.Command(binary, "-f", filepath.Join(dir, "httpd.conf"), "-DFOREGROUND")
	cmd.Env = append(os.Environ(), "NTLM_USER_FILE="+filepath.Join(dir, "users"), "NETBIOS_COMPUTER_NAME=NDES", "NETBIOS_DOMAIN_NAME=EXAMPLE")
	cmd.Stdout, cmd.Stderr = talk, talk
	peer.OwnGroup(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		select {
		case <-ended:
			return
		default:
			peer.EndGroup(cmd)
		}
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			peer.KillGroup(cmd)
			t.Error("apache did not end")
		}
	})
	for limit := time.Now().Add(20 * time.Second); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		select {
		case <-ended:
			return false
		default:
		}
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return true
		}
	}
	return false
}

// program finds Apache with what it needs for NTLM.
func program(t testing.TB) string {
	t.Helper()
	binary, err := exec.LookPath("apache2")
	if err != nil {
		binary = "/usr/sbin/apache2"
	}
	for _, needed := range []string{binary, filepath.Join(modules, "mod_auth_gssapi.so"), mechanism} {
		if _, err := os.Stat(needed); err == nil {
			continue
		}
		const what = "Apache with NTLM (Debian: apache2-bin libapache2-mod-auth-gssapi gss-ntlmssp)"
		peer.Missing(t, what)
	}
	return binary
}

// configuration has all that is needed and nothing of the system's. The users'
// file holds words, not digests: it is of no use to anybody after the test.
const configuration = `ServerRoot "DIR"
ServerName localhost
PidFile "DIR/httpd.pid"
DefaultRuntimeDir "DIR"
ErrorLog "DIR/error.log"
LogLevel warn auth_gssapi:debug
Listen SECURE https
Listen PLAIN
Listen CLOSING
LoadModule mpm_prefork_module MODULES/mod_mpm_prefork.so
LoadModule authn_core_module MODULES/mod_authn_core.so
LoadModule authn_file_module MODULES/mod_authn_file.so
LoadModule authz_core_module MODULES/mod_authz_core.so
LoadModule authz_user_module MODULES/mod_authz_user.so
LoadModule auth_basic_module MODULES/mod_auth_basic.so
LoadModule dir_module MODULES/mod_dir.so
LoadModule alias_module MODULES/mod_alias.so
LoadModule ssl_module MODULES/mod_ssl.so
LoadModule auth_gssapi_module MODULES/mod_auth_gssapi.so
<IfModule unixd_module>
User #65534
Group #65534
</IfModule>
StartServers 3
MinSpareServers 3
KeepAliveTimeout 2
SSLSessionCache none
DocumentRoot "DIR/www"
DirectoryIndex index.html
<Location "/certsrv/">
AuthType GSSAPI
AuthName NDES
GssapiAllowedMech ntlmssp
GssapiConnectionBound On
Require valid-user
</Location>
<Location "/basic/">
AuthType Basic
AuthName NDES
AuthUserFile "DIR/htpasswd"
Require valid-user
</Location>
<VirtualHost SECURE>
SSLEngine on
SSLCertificateFile "DIR/cert.pem"
SSLCertificateKeyFile "DIR/key.pem"
</VirtualHost>
<VirtualHost CLOSING>
KeepAlive Off
</VirtualHost>
`

// htpasswd makes of DOMAIN:user:password the line for DOMAIN\user.
func htpasswd(users []string) []byte {
	var b bytes.Buffer
	for _, u := range users {
		parts := strings.SplitN(u, ":", 3)
		sum := sha1.Sum([]byte(parts[2]))
		fmt.Fprintf(&b, "%s\\%s:{SHA}%s\n", parts[0], parts[1], base64.StdEncoding.EncodeToString(sum[:]))
	}
	return b.Bytes()
}

// certificate writes a CA's certificate and one of it for loopback.
func (s *Server) certificate(t testing.TB, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA of the web server"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	sign := func(template *x509.Certificate) []byte {
		der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	authority, server := sign(ca), sign(leaf)
	if s.CA, err = x509.ParseCertificate(authority); err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"ca.pem":   {Type: "CERTIFICATE", Bytes: authority},
		"cert.pem": {Type: "CERTIFICATE", Bytes: server},
		"key.pem":  {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// folder makes a folder that Apache's children may enter, who run as nobody when
// root starts it: one of t.TempDir is closed to them.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "apache")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// free gives a port of loopback that nobody has at the moment.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}
