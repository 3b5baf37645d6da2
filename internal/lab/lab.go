// SPDX-License-Identifier: MPL-2.0

package lab

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/renameio/v2/maybe"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
	"github.com/phonecfg/terraform-provider-ciscophone/provision"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/ca"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

// Config says what the lab is like. Dir is all that must be set.
type Config struct {
	// Dir holds everything; it is created. An absolute path, or one below the
	// working directory.
	Dir string
	// Phones is their number; 0 means 3. Models take turns: DP-9871, DP-9841,
	// CP-8875. MAC addresses count up from 00:1A:2B:3C:4D:5E.
	Phones int
	// Host is the address everything listens on; empty means that of the interface
	// DHCP, or 127.0.0.1.
	Host string
	// HostNames are the names, beside localhost and IP addresses, that the servers
	// answer to; listen.AnyHost allows every name. Others could be a web page's own
	// name that leads here (DNS rebinding).
	HostNames []string
	// Resync is the time between two fetches of a phone; 0 means a second.
	Resync time.Duration
	// Lifetime of the certificates; 0 means 90 days.
	Lifetime time.Duration
	// DHCP names an interface on which factory-reset phones are given this lab's
	// parameters by option 43; empty means no DHCP. Domain is their option 15.
	DHCP, Domain string
	// Approval makes the CA hold first enrollments until they are approved at its
	// desk: see package desk.
	Approval bool
	// Quirks make the CA misbehave, for rehearsals.
	Quirks ca.Quirks
	// Output is told the addresses, in lines for people. Nil: nobody is.
	Output io.Writer
	// Logger hears what CA, server and phones do. Nil: silence.
	Logger *slog.Logger
	// Keys makes the phones' RSA keys; nil generates them.
	Keys func() (*rsa.PrivateKey, error)
}

const username = "deploy"

// Lab is a running lab.
type Lab struct {
	mu        sync.Mutex // guards info once Start has returned
	info      Info
	option43  atomic.Pointer[[]byte] // what DHCP hands out
	dir       string
	cancel    context.CancelFunc
	ctx       context.Context
	ca        *ca.CA
	lock      *os.File // of the folder
	fleet     *phone.Fleet
	transport *http.Transport
	servers   []*server
	hostNames []string
	running   sync.WaitGroup
	failed    chan error
	closing   sync.Once
	closed    error
}

// Start starts a lab, which runs until ctx ends or Close is called. When it
// returns, everything answers and lab.json is there.
func Start(ctx context.Context, c Config) (*Lab, error) {
	if c.Dir == "" {
		return nil, errors.New("lab: no directory given")
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	if c.Phones == 0 {
		c.Phones = 3
	}
	if c.Phones < 0 || c.Phones > 10000 {
		return nil, fmt.Errorf("lab: %d phones: want 1 to 10000", c.Phones)
	}
	if c.Host == "" && c.DHCP != "" {
		a, err := addressOf(c.DHCP)
		if err != nil {
			return nil, fmt.Errorf("lab: %w", err)
		}
		c.Host = a.Addr().String()
	}
	if c.Host == "" {
		c.Host = "127.0.0.1"
	}
	if c.Resync <= 0 {
		c.Resync = time.Second
	}
	if c.Lifetime <= 0 {
		c.Lifetime = 90 * 24 * time.Hour
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.warnPublic()
	ctx, cancel := context.WithCancel(ctx)
	l := &Lab{dir: dir, ctx: ctx, cancel: cancel, failed: make(chan error, 1), hostNames: c.HostNames}
	if err := l.start(c); err != nil {
		l.Close()
		return nil, fmt.Errorf("lab: %w", err)
	}
	context.AfterFunc(ctx, func() { l.Close() })
	if c.Output != nil {
		l.describe(c.Output)
	}
	return l, nil
}

// Info says where everything is.
func (l *Lab) Info() Info {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.info
}

// CA returns the certification authority.
func (l *Lab) CA() *ca.CA { return l.ca }

// Phones returns the phones, in the order of Info.Phones.
func (l *Lab) Phones() []*phone.Phone { return l.fleet.Phones() }

// Wait waits until the lab has stopped: nil when its context ended or Close was
// called, otherwise why one of its servers failed.
func (l *Lab) Wait() error {
	select {
	case <-l.ctx.Done():
		return l.Close()
	case err := <-l.failed:
		return errors.Join(err, l.Close())
	}
}

// Close stops everything and waits for it. The directory stays.
func (l *Lab) Close() error {
	l.closing.Do(func() {
		l.cancel()
		for _, s := range l.servers {
			s.close()
		}
		l.running.Wait()
		if l.transport != nil {
			l.transport.CloseIdleConnections()
		}
		if l.ca != nil {
			l.closed = l.ca.Close()
		}
		if l.lock != nil {
			l.lock.Close() // and with it the lock
		}
	})
	return l.closed
}

func (l *Lab) start(c Config) error {
	if err := checkFolder(l.dir); err != nil {
		return err
	}
	for _, d := range []string{"store", "admin", "phones"} {
		if err := os.MkdirAll(filepath.Join(l.dir, d), 0o700); err != nil {
			return err
		}
	}
	var err error
	if l.lock, err = lock(l.dir); err != nil {
		return err
	}
	former, _ := Read(l.dir) // for the addresses; a damaged one counts as none
	if err := os.Remove(filepath.Join(l.dir, InfoFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	l.transport = &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second, ResponseHeaderTimeout: 30 * time.Second}
	l.info = Info{
		Store:                    filepath.Join(l.dir, "store"),
		CAFile:                   filepath.Join(l.dir, "root-ca.pem"),
		ChallengeFile:            filepath.Join(l.dir, "challenge.txt"),
		ProvisioningUsername:     username,
		ProvisioningPasswordFile: filepath.Join(l.dir, "store-password.txt"),
		DeskPasswordFile:         filepath.Join(l.dir, "desk-password.txt"),
		PhonePasswordFile:        filepath.Join(l.dir, "phone-password.txt"),
	}
	ids, dirs := make([]device.Identity, c.Phones), make([]string, c.Phones)
	for i := range ids {
		ids[i] = identity(i)
		dirs[i] = filepath.Join(l.dir, "phones", phoneName(ids[i], i))
	}
	mics, roots, err := phone.MICs(l.ctx, dirs, ids, time.Now(), c.Keys)
	if err != nil {
		return err
	}
	if err := l.startCA(c, former, roots); err != nil {
		return err
	}
	if err := l.startDHCP(c); err != nil {
		return err
	}
	if err := l.startProvisioning(c, former); err != nil {
		return err
	}
	if err := l.startPhones(c, former, mics); err != nil {
		return err
	}
	return l.info.write(l.dir)
}

func (l *Lab) startCA(c Config, former Info, manufacturers []*x509.Certificate) error {
	challenge, err := secretFile(l.info.ChallengeFile)
	if err != nil {
		return err
	}
	listener, base, err := l.listen(net.JoinHostPort(c.Host, "0"), former.SCEPURL)
	if err != nil {
		return err
	}
	once := ca.NewOneTime(0)
	if l.ca, err = ca.New(ca.Config{
		URL: base,
		Dir: filepath.Join(l.dir, "ca"), Challenges: ca.AnyOf(ca.StaticChallenge(challenge), once), Lifetime: c.Lifetime,
		ManufacturerRoots: manufacturers, MIC: ca.MICPolicy{AnyCommonName: true},
		Approval: c.Approval, Hosts: c.HostNames, Logger: c.Logger.With("part", "ca"), Quirks: c.Quirks,
	}); err != nil {
		listener.Close()
		return err
	}
	l.serveOn(listener, l.ca.Server(listener.Addr().String()))
	l.info.SCEPURL = base + "scep"
	if err := l.writeRoot(); err != nil {
		return err
	}
	return l.startDesk(former, once)
}

func (l *Lab) startProvisioning(c Config, former Info) error {
	if _, err := secretFile(l.info.ProvisioningPasswordFile); err != nil {
		return err
	}
	store, err := push.OpenDir(l.info.Store, push.Options{})
	if err != nil {
		return err
	}
	h := provision.Handler(provision.FromStore(store), provision.Options{
		Username: username, Logger: c.Logger.With("part", "provisioning"),
		Password: func() (string, error) { return secretFile(l.info.ProvisioningPasswordFile) },
	})
	l.info.ProvisioningURL, err = l.serve(newServer(net.JoinHostPort(c.Host, "0"), h), former.ProvisioningURL)
	return err
}

func (l *Lab) startPhones(c Config, former Info, mics []*scep.Signer) error {
	password, err := secretFile(l.info.PhonePasswordFile)
	if err != nil {
		return err
	}
	var phones []*phone.Phone
	for i, mic := range mics {
		id := identity(i)
		p := Phone{
			Name:  phoneName(id, i),
			Model: id.Model.String(), MAC: id.MAC.String(), MICCommonName: id.MICName(),
			Config: "SEP" + id.MAC.Upper() + ".xml",
		}
		p.ConfigURL = l.info.ProvisioningURL + p.Config
		p.AdminFile = filepath.Join(l.dir, "admin", p.Name+".xml")
		if err := l.writeConfig(p, i); err != nil {
			return err
		}
		sim, err := phone.New(phone.Config{
			Identity: id, MIC: mic, ConfigURL: p.ConfigURL, Resync: c.Resync, Keys: c.Keys,
			Dir: filepath.Join(l.dir, "phones", p.Name), AdminPassword: secret.New(password),
			Retry: phone.Retry{First: 2 * time.Second, Max: 30 * time.Second},
			HTTP:  &http.Client{Transport: l.transport}, Logger: c.Logger.With("part", "phone"),
		})
		if err != nil {
			return err
		}
		was := ""
		if i < len(former.Phones) {
			was = former.Phones[i].Page
		}
		if p.Page, err = l.serve(newServer(net.JoinHostPort(c.Host, "0"), sim.Handler()), was); err != nil {
			return err
		}
		phones = append(phones, sim)
		l.info.Phones = append(l.info.Phones, p)
	}
	l.fleet = phone.NewFleet(phones...)
	l.running.Go(func() { _ = l.fleet.Run(l.ctx) })
	return nil
}

// phoneName is how the lab calls its phones.
func phoneName(id device.Identity, i int) string {
	return fmt.Sprintf("%s-%d", strings.ToLower(id.Model.String()), i+1)
}

// writeConfig writes the administrator's file and the same bytes into the
// store, unless they are there. Every third file is one of Windows.
func (l *Lab) writeConfig(p Phone, i int) error {
	data, err := os.ReadFile(p.AdminFile)
	if errors.Is(err, fs.ErrNotExist) {
		data = fullsize.Document(fullsize.Options{Model: p.Model, CRLF: i%3 == 1, Seed: uint64(i) + 1})
		err = maybe.WriteFile(p.AdminFile, data, 0o600)
	}
	if err != nil {
		return err
	}
	stored := filepath.Join(l.info.Store, p.Config)
	if _, err := os.Lstat(stored); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return maybe.WriteFile(stored, data, 0o600)
}

// identity of the i-th phone.
func identity(i int) device.Identity {
	models := []string{"9871", "9841", "8875"}
	m, err := device.ParseModel(models[i%len(models)])
	if err != nil {
		panic("lab: " + err.Error()) // a name of this table
	}
	mac := device.MAC{0x00, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}
	for n, at := i, 5; n > 0; at-- {
		n += int(mac[at])
		mac[at] = byte(n)
		n >>= 8
	}
	return device.Identity{Model: m, MAC: mac, Serial: fmt.Sprintf("FCH%08d", i+1)}
}

// secretFile reads a secret, and makes a random one where there is none.
func secretFile(path string) (string, error) {
	s, _, err := secret.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text := rand.Text()
		return text, maybe.WriteFile(path, []byte(text+"\n"), 0o600)
	case errors.Is(err, secret.ErrEmpty):
		return "", fmt.Errorf("%w; remove it to have a new one made", err)
	}
	return s.Reveal(), err
}

// describe prints the addresses.
func (l *Lab) describe(w io.Writer) {
	i := l.Info()
	fmt.Fprintf(w, "SCEP CA       %s\n", i.SCEPURL)
	fmt.Fprintf(w, "  root        %s\n", i.CAFile)
	fmt.Fprintf(w, "  SHA-256     %s\n", i.FingerprintSHA256)
	fmt.Fprintf(w, "  challenge   %s\n", i.ChallengeFile)
	fmt.Fprintf(w, "provisioning  %s  (PUT as %s, password in %s)\n", i.ProvisioningURL, i.ProvisioningUsername, i.ProvisioningPasswordFile)
	fmt.Fprintf(w, "  store       %s\n", i.Store)
	fmt.Fprintf(w, "phones        (admin password in %s)\n", i.PhonePasswordFile)
	for n, p := range i.Phones {
		if n == 20 {
			fmt.Fprintf(w, "  and %d more: see %s\n", len(i.Phones)-n, filepath.Join(l.dir, InfoFile))
			break
		}
		fmt.Fprintf(w, "  %-12s %s  %sadmin/\n", p.Name, p.MAC, p.Page)
	}
	fmt.Fprintf(w, "all of it     %s\n", filepath.Join(l.dir, InfoFile))
}
