// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
	"time"
)

const (
	sessionIdle = time.Hour // Session_Idle_Timeout 3600
	maxSessions = 16
	maxGuesses  = 5
	guessPause  = 30 * time.Second
)

// sessions are the browsers logged in, by the digest of their cookie. It is
// guarded by Phone.mu.
type sessions struct {
	last    map[[sha256.Size]byte]time.Time
	guesses int
	until   time.Time        // no login before, by the clock below
	clock   func() time.Time // of the pauses; nil: the machine's, since the phone's may stand still
}

// paused returns how long no password is looked at; zero when it is.
func (s *sessions) paused() time.Duration { return max(0, s.until.Sub(s.now())) }

func (s *sessions) now() time.Time {
	if s.clock != nil {
		return s.clock()
	}
	return time.Now()
}

func (s *sessions) end() { s.last = nil }

func (s *sessions) open(now time.Time) (cookie string) {
	if s.last == nil {
		s.last = map[[sha256.Size]byte]time.Time{}
	}
	for k, t := range s.last {
		if now.Sub(t) > sessionIdle || len(s.last) >= maxSessions {
			delete(s.last, k)
		}
	}
	cookie = rand.Text()
	s.last[sha256.Sum256([]byte(cookie))] = now
	return cookie
}

func (s *sessions) alive(cookie string, now time.Time) bool {
	k := sha256.Sum256([]byte(cookie))
	t, ok := s.last[k]
	if !ok || now.Sub(t) > sessionIdle {
		delete(s.last, k)
		return false
	}
	s.last[k] = now
	return true
}

// loginResult is what a password led to.
type loginResult int

const (
	loginRefused loginResult = iota
	loginPaused              // too many guesses
	loginAccepted
)

// login compares a password with that of the account admin.
func (p *Phone) login(user, password string) loginResult {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sessions.paused() > 0 {
		return loginPaused
	}
	given, want := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(p.cfg.AdminPassword.Reveal()))
	same := subtle.ConstantTimeCompare(given[:], want[:]) == 1
	if user != "admin" || !same || p.cfg.AdminPassword.IsZero() {
		if p.sessions.guesses++; p.sessions.guesses >= maxGuesses {
			p.sessions.guesses, p.sessions.until = 0, p.sessions.now().Add(guessPause)
		}
		return loginRefused
	}
	p.sessions.guesses = 0
	return loginAccepted
}

// cookieName differs between phones: a browser does not tell the ports of one
// host apart.
func (p *Phone) cookieName() string { return "phone-" + p.identity().MAC.Lower() }

// admin reports whether a request comes from the administrator: by the cookie of a
// session or by Basic authentication.
func (p *Phone) admin(r *http.Request) bool {
	if c, err := r.Cookie(p.cookieName()); err == nil {
		p.mu.Lock()
		alive := p.sessions.alive(c.Value, p.now())
		p.mu.Unlock()
		if alive {
			return true
		}
	}
	user, password, ok := r.BasicAuth()
	return ok && p.login(user, password) == loginAccepted
}

// turnAway is the status for a request that admin refused, with the headers that
// go with it: log in, or wait, when the password was not even looked at.
func (p *Phone) turnAway(w http.ResponseWriter, r *http.Request) (status int) {
	p.mu.Lock()
	pause := p.sessions.paused()
	p.mu.Unlock()
	if _, _, tried := r.BasicAuth(); tried && pause > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((pause+time.Second-1)/time.Second)))
		return http.StatusTooManyRequests
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="phone", charset="UTF-8"`)
	return http.StatusUnauthorized
}
