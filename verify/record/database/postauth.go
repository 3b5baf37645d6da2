// SPDX-License-Identifier: MPL-2.0

package database

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// readPostAuth reads the table radpostauth of FreeRADIUS's schema. The column pass
// is not read. Names of columns do not depend on case in either database.
func readPostAuth(ctx context.Context, tx *sql.Tx, r *record.Reading) error {
	var (
		id                   int64
		user, reply, station sql.NullString
		at                   sql.NullTime
	)
	return rows(ctx, tx, "SELECT id, username, reply, CallingStationId, authdate FROM radpostauth ORDER BY id", []any{&id, &user, &reply, &station, &at}, func() {
		f, err := postAuth(user.String, reply.String, station.String, at.Time)
		switch {
		case err != nil:
			r.Malformed(record.Fault{Line: int(id), Err: err})
		case f.Kind == 0:
			r.Nothing()
		default:
			f.Line = int(id)
			r.Fact(&f)
		}
	})
}

// postAuth reads a row. Its user is who asked: for EAP-TLS the phone's identity.
func postAuth(user, reply, station string, at time.Time) (f record.Fact, err error) {
	f.User, f.At = user, at.UTC()
	switch reply {
	case "Access-Accept":
		f.Kind = record.Accepted
	case "Access-Reject":
		f.Kind = record.Rejected
	case "Access-Challenge":
		return f, nil
	default:
		return f, fmt.Errorf("the reply is %.80q, want Access-Accept or Access-Reject", reply)
	}
	if station != "" {
		if f.MAC, err = device.ParseMAC(station); err != nil {
			return f, fmt.Errorf("CallingStationId: %w", err)
		}
	}
	if at.IsZero() {
		return f, fmt.Errorf("the row of %.80q has no authdate", user)
	}
	return f, nil
}
