// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// store is what the CA remembers. Reads come from memory; a write reaches the
// database, if there is one, before anybody can read it, so nothing the CA has
// told anyone is lost to a crash.
//
// Every write of one transaction or one certificate happens under the keyed
// lock of the request (see lock), so the steps "look, decide, write" are one.
type store struct {
	db *database // nil: memory only

	mu           sync.RWMutex
	bySerial     map[string]*Record
	byHash       map[string]*Record      // SHA-256 of the certificate
	transactions map[string]*transaction // by transaction.key
	latest       map[string]*transaction // by id
	waiting      map[string]*transaction // those pending or denied, by transaction.key
	challenges   map[string]challengeEntry
	order        []*Record // as issued
	revoked      []*Record

	number  atomic.Uint64 // of the last transaction
	stripes [1024]sync.Mutex
}

func openStore(dir string) (*store, error) {
	s := &store{
		bySerial:     map[string]*Record{},
		byHash:       map[string]*Record{},
		transactions: map[string]*transaction{},
		latest:       map[string]*transaction{},
		waiting:      map[string]*transaction{},
		challenges:   map[string]challengeEntry{},
	}
	if dir == "" {
		return s, nil
	}
	db, err := openDatabase(dir)
	if err != nil {
		return nil, err
	}
	if err := db.load(s); err != nil {
		return nil, errors.Join(err, db.close())
	}
	slices.SortStableFunc(s.order, func(a, b *Record) int { return a.IssuedAt.Compare(b.IssuedAt) })
	s.db = db
	return s, nil
}

func (s *store) close() error {
	if s.db == nil {
		return nil
	}
	return s.db.close()
}

// lock serializes requests that share a transaction id, a key or a signer.
// Others run side by side, except for the rare collision of a stripe.
func (s *store) lock(names ...string) (unlock func()) {
	var stripes []int
	for _, name := range names {
		sum := sha256.Sum256([]byte(name))
		stripes = append(stripes, (int(sum[0])<<8|int(sum[1]))%len(s.stripes))
	}
	slices.Sort(stripes)
	stripes = slices.Compact(stripes)
	for _, i := range stripes {
		s.stripes[i].Lock()
	}
	return func() {
		for _, i := range stripes {
			s.stripes[i].Unlock()
		}
	}
}

// change is a set of records and transactions that reach the store together or
// not at all. The pointers are the store's from then on.
type change struct {
	records      []*Record
	transactions []*transaction
}

func (s *store) apply(c change) error {
	for _, t := range c.transactions {
		if t.Number == 0 {
			t.Number = s.number.Add(1)
		}
	}
	if s.db != nil {
		if err := s.db.write(c); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range c.records {
		s.insert(r)
	}
	for _, t := range c.transactions {
		s.remember(t)
	}
	return nil
}

func (s *store) remember(t *transaction) {
	s.transactions[t.key()] = t
	if t.State == stateIssued {
		delete(s.waiting, t.key())
	} else {
		s.waiting[t.key()] = t
	}
	if old, ok := s.latest[t.ID]; !ok || old.Number <= t.Number {
		s.latest[t.ID] = t
	}
	if s.number.Load() < t.Number {
		s.number.Store(t.Number)
	}
}

func (s *store) insert(r *Record) {
	sum := sha256.Sum256(r.DER)
	if old, ok := s.bySerial[r.Serial]; ok {
		if r.revoked() && !old.revoked() {
			s.revoked = append(s.revoked, old)
		}
		*old = *r // a change of state: the order keeps its pointer
		return
	}
	if r.revoked() {
		s.revoked = append(s.revoked, r)
	}
	s.bySerial[r.Serial] = r
	s.byHash[hex.EncodeToString(sum[:])] = r
	s.order = append(s.order, r)
}

func (s *store) recordByHash(hash string) (Record, bool) { return s.record(s.byHash, hash) }

func (s *store) recordBySerial(serial string) (Record, bool) { return s.record(s.bySerial, serial) }

func (s *store) record(in map[string]*Record, key string) (Record, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := in[key]
	if !ok {
		return Record{}, false
	}
	return *r, true
}

// transaction is the latest one with the id.
func (s *store) transaction(id string) (transaction, bool) { return s.find(s.latest, id) }

// request is the one with the key, see transaction.key.
func (s *store) request(key string) (transaction, bool) { return s.find(s.transactions, key) }

func (s *store) find(in map[string]*transaction, key string) (transaction, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, ok := in[key]
	if !ok {
		return transaction{}, false
	}
	return *t, true
}

func (s *store) pending() []transaction {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []transaction
	for _, t := range s.waiting {
		if t.State == statePending {
			out = append(out, *t)
		}
	}
	slices.SortFunc(out, func(a, b transaction) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// expire forgets requests that nobody decided about, and those that were denied,
// from before a time. It returns how many are left.
func (s *store) expire(before time.Time) (left int, err error) {
	s.mu.RLock()
	var old []*transaction
	for _, t := range s.waiting {
		if t.At.Before(before) {
			old = append(old, t)
		}
	}
	left = len(s.waiting) - len(old)
	s.mu.RUnlock()
	if len(old) == 0 {
		return left, nil
	}
	var keys []string
	for _, t := range old {
		keys = append(keys, t.key())
	}
	if s.db != nil {
		if err := s.db.remove(bucketTransactions, keys); err != nil {
			return left, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, t := range old {
		if s.transactions[keys[i]] != t { // decided meanwhile
			continue
		}
		delete(s.waiting, keys[i])
		delete(s.transactions, keys[i])
		if s.latest[t.ID] == t {
			delete(s.latest, t.ID)
		}
	}
	return left, nil
}

func (s *store) records() []Record { return s.copies(&s.order) }

// revocations are the revoked ones among the records, a list that only grows.
func (s *store) revocations() []Record { return s.copies(&s.revoked) }

func (s *store) copies(of *[]*Record) []Record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]Record, len(*of))
	for i, r := range *of {
		out[i] = *r
	}
	return out
}

func (s *store) challengeEntries() map[string]challengeEntry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return maps.Clone(s.challenges)
}

func (s *store) putChallenge(id string, e challengeEntry) error {
	if s.db != nil {
		if err := s.db.writeChallenge(id, e); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.challenges[id] = e
	return nil
}

func (s *store) dropChallenges(ids []string) error {
	if s.db != nil {
		if err := s.db.remove(bucketChallenges, ids); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		delete(s.challenges, id)
	}
	return nil
}
