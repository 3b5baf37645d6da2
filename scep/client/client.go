// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

// Config says which server, which root, and how far to trust.
type Config struct {
	URL         string // CDC_Server_1_: http URL, host or IP address
	Fingerprint string // CDC_Root_CA_Fingerprint_1_: SHA-1, -256, -384 or -512 of the root, hexadecimal

	// DefaultPath is used when URL has no path. Cisco documents addresses without
	// one and does not say what the phone asks for; RFC 8894 section 4.1 names
	// "/cgi-bin/pkiclient.exe", which is the default.
	DefaultPath string
	// CAIdentifier is sent as message= of GetCACaps and GetCACert; "" leaves the
	// parameter out.
	CAIdentifier string
	// RAFingerprint pins the registration authority too, against an insider who
	// slips his own certificate into the bag; "" goes by what the certificate says.
	RAFingerprint string

	AllowSHA1       bool // sign with SHA-1 for a server that names nothing better
	AllowDES3       bool // encrypt with triple DES for a server that does not name AES
	AllowIssuingPin bool // take a fingerprint of an issuing CA; the phone documents the root's

	RenewalAs19        bool // send renewals as PKCSReq even where RenewalReq is advertised
	ChallengeOnRenewal bool // send the challenge with a renewal; the phone documents that it does not
	GetOnly            bool // send messages in the address even where the server names POSTPKIOperation

	HTTP    *http.Client  // nil: own connections, no proxy; redirects are refused in any case
	Timeout time.Duration // for one exchange; 0: 20 s
	Retries int           // further attempts after a failed connection or 503; 0: none

	PollFirst time.Duration // first pause before CertPoll; 0: 5 s
	PollMax   time.Duration // pauses grow up to it; 0: 60 s
	PollLimit time.Duration // in all; 0: one hour

	Clock func() time.Time                           // nil: time.Now
	Sleep func(context.Context, time.Duration) error // nil: a timer; nil error after the pause
	Rand  io.Reader                                  // nil: crypto/rand
	// Progress is told the step of each request before it leaves: "GetCACaps",
	// "PKCSReq", "CertPoll"…; and [StepPending] when the CA has the request for
	// approval. Nil: nobody is told. It may be called concurrently.
	Progress func(step string)
	Cache    *Cache // shares what servers say between clients; nil: asks each time
}

// Client talks to one SCEP server. It is safe for concurrent use.
type Client struct {
	cfg   Config
	base  *url.URL
	pin   cdc.Fingerprint
	raPin cdc.Fingerprint
	http  *http.Client
}

// New checks the configuration and fills in the defaults. It does not connect.
// Errors are [*Error] with CodeURL, CodeHTTPS or CodeFingerprint.
func New(c Config) (*Client, error) {
	if c.DefaultPath == "" {
		c.DefaultPath = "/cgi-bin/pkiclient.exe"
	}
	base, err := parseServer(c.URL, c.DefaultPath)
	if err != nil {
		return nil, err
	}
	cl := &Client{cfg: c, base: base}
	if cl.pin, err = parseFingerprint(c.Fingerprint, ""); err != nil {
		return nil, err
	}
	if c.RAFingerprint != "" {
		if cl.raPin, err = parseFingerprint(c.RAFingerprint, "the RA's: "); err != nil {
			return nil, err
		}
	}
	cl.http = safeHTTP(c.HTTP)
	cl.defaults()
	return cl, nil
}

func (c *Client) defaults() {
	d := &c.cfg
	if d.Timeout <= 0 {
		d.Timeout = 20 * time.Second
	}
	if d.PollFirst <= 0 {
		d.PollFirst = 5 * time.Second
	}
	if d.PollMax <= 0 {
		d.PollMax = time.Minute
	}
	if d.PollLimit <= 0 {
		d.PollLimit = time.Hour
	}
	if d.Clock == nil {
		d.Clock = time.Now
	}
	if d.Sleep == nil {
		d.Sleep = sleep
	}
	if d.Rand == nil {
		d.Rand = rand.Reader
	}
}

// URL is the address requests go to, with the default path filled in.
func (c *Client) URL() string { return c.base.String() }

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
