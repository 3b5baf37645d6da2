// SPDX-License-Identifier: MPL-2.0

package database

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// readStepCA reads step-ca's tables of keys and values. x509_certs has a
// certificate in DER for each decimal serial number, revoked_x509_certs a JSON
// object.
func readStepCA(ctx context.Context, tx *sql.Tx, r *record.Reading) error {
	var key, value []byte
	columns := []any{&key, &value}
	err := rows(ctx, tx, "SELECT nkey, nvalue FROM x509_certs", columns, func() {
		r.Certificate(fmt.Sprintf("x509_certs, serial number %.80q", key), value)
	})
	if err != nil {
		return err
	}
	// step-ca makes the table when it starts.
	return rows(ctx, tx, "SELECT nkey, nvalue FROM revoked_x509_certs", columns, func() {
		f, err := revoked(key, value)
		if err != nil {
			r.Malformed(record.Fault{File: "revoked_x509_certs", Err: err})
			return
		}
		r.Fact(&f)
	})
}

// revoked reads a row of revoked_x509_certs.
func revoked(key, value []byte) (record.Fact, error) {
	serial, ok := new(big.Int).SetString(string(key), 10)
	if !ok || serial.Sign() < 0 || len(key) > 80 {
		return record.Fact{}, fmt.Errorf("serial number %.80q is not decimal", key)
	}
	var v struct {
		RevokedAt  time.Time
		ReasonCode int
		Reason     string
	}
	if err := json.Unmarshal(value, &v); err != nil {
		return record.Fact{}, fmt.Errorf("serial number %s: %w", key, err)
	}
	if v.Reason == "" {
		v.Reason = record.RevocationReason(v.ReasonCode)
	}
	return record.Fact{Kind: record.Revoked, Serial: serial.Text(16), At: v.RevokedAt.UTC(), Reason: v.Reason}, nil
}
