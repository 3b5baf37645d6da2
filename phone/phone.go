// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
	"github.com/phonecfg/terraform-provider-ciscophone/scep/client"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// Config says what a phone is and where it stands. Identity is all that must be
// set.
type Config struct {
	Identity device.Identity
	// MIC is the manufacturing-installed certificate (MIC/SUDI) with its RSA key,
	// see [Manufacturer]. A phone without one cannot enroll at a CA that
	// authenticates by MIC; its requests without a challenge are self-signed.
	MIC *scep.Signer
	// ConfigURL is the profile rule: where cfg.xml is fetched from, macros
	// expanded. Empty: the phone is configured by hand or by DHCP only.
	ConfigURL string
	// Resync is the time between two fetches (Resync_Periodic); 0 means one hour.
	Resync time.Duration
	// Firmware is the PhoneOS release, in a form validate.ParseFirmware takes;
	// default "3.6(1)". Before 3.5(1) a phone does not know the common name, the
	// domain of DHCP option 15 for it, and before 3.2(1) no SCEP at all: such
	// parameters are ignored, as phones ignore elements they do not know.
	Firmware string
	// Dir keeps the phone's state over restarts, in one file only its owner can
	// read. Empty keeps it in memory.
	Dir string
	// AdminPassword is that of the account admin on the web page. Without one
	// nothing can be changed there, as on phones since PhoneOS 3.2(1).
	AdminPassword secret.Text
	// Retry paces enrollments after failures.
	Retry Retry
	// EnrollTimeout bounds one enrollment, with all polling for a request that is
	// pending; 0 means one minute.
	EnrollTimeout time.Duration
	// Behavior settles what is not documented.
	Behavior Behavior

	// DHCP opens a connection of UDP payloads between the ports of DHCP, with
	// which a factory-reset phone asks for option 43 before anything else; nil: it
	// does not ask by itself, see [Phone.AskDHCP]. OnLease hears of each answer,
	// before the phone enrolls, and OnNoLease of why there was none.
	DHCP      func() (net.PacketConn, error)
	OnLease   func(Offer)
	OnNoLease func(error)
	// HTTP sends the requests for cfg.xml and to the SCEP server. Nil means a
	// client that all phones of the process share, without proxy. Redirects are
	// never followed.
	HTTP *http.Client
	// Cache lets the phones of a process share what a SCEP server says about
	// itself. Nil: each phone asks for itself each time, as real ones do.
	Cache *client.Cache
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
	// Rand is the source of nonces and serials; nil means crypto/rand.
	Rand io.Reader
	// Keys makes the RSA keys of requests. Nil generates them with KeyBits bits;
	// tests hand out ready ones.
	Keys func() (*rsa.PrivateKey, error)
	// KeyBits is 2048 (0 means that) or 3072.
	KeyBits int
	// Logger hears what the phone does; it is never given a secret. Nil: silence.
	Logger *slog.Logger
}

// Phone is one simulated phone. Its methods may be called from several
// goroutines.
type Phone struct {
	cfg     Config
	http    *http.Client
	log     *slog.Logger
	micName string
	wake    chan struct{} // of capacity 1: something is due earlier than thought
	pages   http.Handler
	// What the firmware knows, see Config.Firmware.
	knowsSCEP, knowsName bool
	release              string        // dotted, 3.6.1
	turn                 chan struct{} // in a fleet: room for those that enroll at once

	working sync.Mutex // held while fetching or enrolling; taken before mu

	mu sync.Mutex // guards what follows
	memory
	nextResync time.Time
	nextDHCP   time.Time
	nextAsking time.Time // for the CA's successor
	etag       string
	snapshot   snapshot
	typed      secret.Text        // the password typed on the screen, until it is used
	pending    transaction        // of a request that was not answered
	revision   uint64             // counts changes of SCEP parameters
	interrupt  context.CancelFunc // ends the enrollment under way
	life       context.Context    // of Run, for what the web page starts; nil before
	booted     time.Time
	sessions   sessions
	counters   counters
	saveError  error
}

// New returns the phone as it was when it was last switched off, or fresh from
// the factory. It does nothing until [Phone.Run], [Phone.Tick] or
// [Phone.Resync] is called.
func New(c Config) (*Phone, error) {
	if c.Identity.Model.Number == "" {
		return nil, errors.New("phone: no model: see device.ParseModel")
	}
	if c.MIC != nil {
		if c.MIC.Certificate == nil || c.MIC.Key == nil || !belongs(c.MIC.Key, c.MIC.Certificate) {
			return nil, errors.New("phone: the MIC has no certificate, or a key that does not belong to it")
		}
	}
	switch c.KeyBits {
	case 0:
		c.KeyBits = 2048
	case 2048, 3072, 4096:
	default:
		return nil, fmt.Errorf("phone: %d bits for a key: want 2048 or 3072", c.KeyBits)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Keys == nil {
		bits := c.KeyBits
		c.Keys = func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, bits) }
	}
	if c.Resync <= 0 {
		c.Resync = time.Hour
	}
	if c.Firmware == "" {
		c.Firmware = "3.6(1)"
	}
	firmware, err := validate.ParseFirmware(c.Firmware)
	if err != nil {
		return nil, fmt.Errorf("phone: %w", err)
	}
	if c.EnrollTimeout <= 0 {
		c.EnrollTimeout = time.Minute
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	m, err := load(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("phone %s: %w", c.Identity.MICName(), err)
	}
	p := &Phone{
		cfg: c, http: noRedirects(c.HTTP), wake: make(chan struct{}, 1), memory: m,
		log:       c.Logger.With("phone", c.Identity.MICName()),
		micName:   c.Identity.MICName(),
		release:   fmt.Sprintf("%d.%d.%d", firmware.Major, firmware.Minor, firmware.Maintenance),
		knowsSCEP: firmware.Compare(validate.Firmware{Major: 3, Minor: 2, Maintenance: 1}) >= 0,
		knowsName: firmware.Compare(validate.Firmware{Major: 3, Minor: 5, Maintenance: 1}) >= 0,
	}
	if c.MIC != nil && c.MIC.Certificate.Subject.CommonName != "" {
		p.micName = c.MIC.Certificate.Subject.CommonName
	}
	p.booted = p.now()
	p.boots++
	p.pages = newPages(p)
	return p, nil
}

// Run lives the phone's life until ctx ends: it fetches its configuration,
// enrolls, renews, and sleeps in between. It returns nil.
func (p *Phone) Run(ctx context.Context) error {
	p.mu.Lock()
	p.life = ctx
	p.mu.Unlock()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		case <-p.wake:
		}
		due := p.Tick(ctx)
		timer.Reset(max(0, due.Sub(p.now())))
	}
}

// Tick does what is due by the phone's clock: the periodic resync, the check of
// the certificate, an enrollment. It returns when it next has something to do,
// so that a test with a clock of its own can jump there.
func (p *Phone) Tick(ctx context.Context) (next time.Time) {
	p.working.Lock()
	defer p.working.Unlock()
	p.discover(ctx)
	if p.cfg.ConfigURL != "" && p.reached(&p.nextResync) {
		_ = p.download(ctx, "") // shown on the page and logged
	}
	_ = p.care(ctx) // likewise
	return p.due()
}

// Resync fetches the configuration now and does what follows from it, an
// enrollment if a parameter changed. The error is that of the fetch, or else of
// the enrollment.
func (p *Phone) Resync(ctx context.Context) error { return p.resync(ctx, "") }

// resync fetches from address once, from the configured URL when it is empty.
func (p *Phone) resync(ctx context.Context, address string) error {
	p.working.Lock()
	defer p.working.Unlock()
	if err := p.download(ctx, address); err != nil {
		return err
	}
	return p.care(ctx)
}

// care checks the certificate and enrolls when that is due.
func (p *Phone) care(ctx context.Context) error {
	p.check()
	p.askSuccessor(ctx)
	for p.attemptDue() && ctx.Err() == nil {
		again, err := p.attempt(ctx)
		if !again {
			return err
		}
	}
	return nil
}

// reached reports whether the time t, guarded by p.mu, has come.
func (p *Phone) reached(t *time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.now().Before(*t)
}

// due returns the time of what comes next.
func (p *Phone) due() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	due := p.now().Add(renewalCheck)
	sooner := func(t time.Time) {
		if t.Before(due) {
			due = t
		}
	}
	if p.cfg.ConfigURL != "" {
		sooner(p.nextResync)
	}
	if p.discovers() {
		sooner(p.nextDHCP)
	}
	if p.requests() {
		sooner(p.nextAttempt)
	}
	if c := p.certificates.inEffect(p.parameters.fips); c != nil && (p.state == Installed || p.state == Renewing) {
		sooner(p.nextCheck)
		sooner(c.ends())
	}
	return due
}

// poke makes Run look at once.
func (p *Phone) poke() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *Phone) now() time.Time { return p.cfg.Clock() }

// identity returns who the phone is. No page says what a real one prints for $PN
// and $PSN; this one prints its option 60 string and its model number.
func (p *Phone) identity() device.Identity {
	id := p.cfg.Identity
	id.ProductName = cmp.Or(id.ProductName, id.Model.VendorClass)
	id.SeriesName = cmp.Or(id.SeriesName, id.Model.Number)
	return id
}

// userAgent is shaped like those seen from Cisco's multiplatform phones:
// Cisco-CP-6841-3PCC/12.0.1 (001122334455).
func (p *Phone) userAgent() string {
	id := p.identity()
	return fmt.Sprintf("Cisco-%s/%s (%s)", id.Model.VendorClass, p.release, id.MAC.Lower())
}

// situation is what the guards of transitions look at. The caller holds p.mu.
func (p *Phone) situation() situation {
	return situation{
		certificate: p.certificates.inEffect(p.parameters.fips) != nil,
		scep:        p.parameters.complete(),
	}
}

// fire lets e happen. The caller holds p.mu.
func (p *Phone) fire(e Event) {
	was := p.state
	p.state = next(was, e, p.situation())
	if p.state != was {
		p.log.Info("state changed", "event", string(e), "from", string(was), "to", string(p.state))
	}
	if p.state == Installed && was != Installed {
		p.nextCheck = p.now() // the first check is made at once
	}
	if p.state != was && p.interrupt != nil {
		p.revision++ // what is under way was asked for in another state
		p.interrupt()
	}
}

// save keeps the memory. The caller holds p.mu. A phone whose flash cannot be
// written goes on; the page and the log say so.
func (p *Phone) save() {
	err := p.memory.save(p.cfg.Dir)
	if err != nil {
		p.log.Error("the state cannot be stored and will be lost at a restart", "error", err)
	}
	p.saveError = err
}
