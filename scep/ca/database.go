// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// databaseName is the file in [Config.Dir]. It holds the CA's private keys, so
// only its owner may read it.
const databaseName = "ca.db"

var (
	bucketAuthority    = []byte("authority")    // role → PEM of key and certificate
	bucketRecords      = []byte("records")      // serial → Record
	bucketTransactions = []byte("transactions") // transaction.key → transaction
	bucketChallenges   = []byte("challenges")   // id → challengeEntry
)

// database keeps the store on disk, in one file that survives kill -9 at any
// moment: bbolt writes pages first and the page that points to them last.
type database struct{ bolt *bbolt.DB }

func openDatabase(dir string) (*database, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("CA directory: %w", err)
	}
	path := filepath.Join(dir, databaseName)
	bolt, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 500 * time.Millisecond, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, fmt.Errorf("open %s (does another CA have it open?): %w", path, err)
	}
	// Somebody may have copied the file with wider rights.
	if err := os.Chmod(path, 0o600); err != nil {
		_ = bolt.Close()
		return nil, fmt.Errorf("CA database: %w", err)
	}
	bolt.MaxBatchDelay = time.Millisecond
	err = bolt.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketAuthority, bucketRecords, bucketTransactions, bucketChallenges} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		_ = bolt.Close()
		return nil, fmt.Errorf("prepare %s: %w", path, err)
	}
	return &database{bolt}, nil
}

func (d *database) close() error { return d.bolt.Close() }

// load fills s with everything the file holds.
func (d *database) load(s *store) error {
	return d.bolt.View(func(tx *bbolt.Tx) error {
		if err := each(tx, bucketRecords, func(_ string, r *Record) { s.insert(r) }); err != nil {
			return err
		}
		if err := each(tx, bucketTransactions, func(_ string, t *transaction) { s.remember(t) }); err != nil {
			return err
		}
		return each(tx, bucketChallenges, func(id string, e *challengeEntry) { s.challenges[id] = *e })
	})
}

func each[T any](tx *bbolt.Tx, bucket []byte, take func(key string, value *T)) error {
	return tx.Bucket(bucket).ForEach(func(k, v []byte) error {
		value := new(T)
		if err := json.Unmarshal(v, value); err != nil {
			return fmt.Errorf("%s in the CA database, entry %q: %w", bucket, k, err)
		}
		take(string(k), value)
		return nil
	})
}

// write stores a change in one database transaction, together with those of
// other requests that come within a millisecond: one fsync serves them all.
func (d *database) write(c change) error {
	type row struct {
		bucket     []byte
		key, value []byte
	}
	var rows []row
	add := func(bucket []byte, key string, v any) error {
		value, err := json.Marshal(v)
		rows = append(rows, row{bucket, []byte(key), value})
		return err
	}
	for _, r := range c.records {
		if err := add(bucketRecords, r.Serial, r); err != nil {
			return err
		}
	}
	for _, t := range c.transactions {
		if err := add(bucketTransactions, t.key(), t); err != nil {
			return err
		}
	}
	err := d.bolt.Batch(func(tx *bbolt.Tx) error {
		for _, r := range rows {
			if err := tx.Bucket(r.bucket).Put(r.key, r.value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write the CA database: %w", err)
	}
	return nil
}

func (d *database) writeChallenge(id string, e challengeEntry) error {
	value, err := json.Marshal(e)
	if err != nil {
		return err
	}
	err = d.bolt.Batch(func(tx *bbolt.Tx) error { return tx.Bucket(bucketChallenges).Put([]byte(id), value) })
	if err != nil {
		return fmt.Errorf("write the CA database: %w", err)
	}
	return nil
}

func (d *database) remove(bucket []byte, keys []string) error {
	err := d.bolt.Batch(func(tx *bbolt.Tx) error {
		for _, key := range keys {
			if err := tx.Bucket(bucket).Delete([]byte(key)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write the CA database: %w", err)
	}
	return nil
}

// authority returns the PEM kept for the roles, nil when the file is new.
func (d *database) authority() (map[string][]byte, error) {
	out := map[string][]byte{}
	err := d.bolt.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketAuthority).ForEach(func(k, v []byte) error {
			out[string(k)] = append([]byte(nil), v...)
			return nil
		})
	})
	return out, err
}

// putAuthority stores keys and certificates of all roles at once.
func (d *database) putAuthority(roles map[string][]byte) error {
	return d.bolt.Update(func(tx *bbolt.Tx) error {
		for role, data := range roles {
			if err := tx.Bucket(bucketAuthority).Put([]byte(role), data); err != nil {
				return err
			}
		}
		return nil
	})
}

// replaceAuthority stores keys and certificates of all roles instead of those
// there were.
func (d *database) replaceAuthority(roles map[string][]byte) error {
	return d.bolt.Update(func(tx *bbolt.Tx) error {
		if err := tx.DeleteBucket(bucketAuthority); err != nil {
			return err
		}
		b, err := tx.CreateBucket(bucketAuthority)
		if err != nil {
			return err
		}
		for role, data := range roles {
			if err := b.Put([]byte(role), data); err != nil {
				return err
			}
		}
		return nil
	})
}
