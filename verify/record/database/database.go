// SPDX-License-Identifier: MPL-2.0

// Package database reads records that programs keep in a SQL database, PostgreSQL
// or MySQL, as sources of package record:
//
//	stepca:postgres://reader@db.example.net/stepca?password_file=/etc/ciscophone/db
//	radpostauth:mysql://reader@db.example.net:3306/radius
//
//	stepca       the certificates that step-ca issued and revoked
//	radpostauth  whom FreeRADIUS let in and whom it refused, by its module sql
//
// The rows are read one after the other, in one transaction that cannot write. A
// password is in the file that password_file names, for PostgreSQL also in
// PGPASSWORD or ~/.pgpass and for MySQL in MYSQL_PWD; one in the URL is refused,
// for it would show in the list of processes.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/verify/record"
)

// A form is what a program keeps in a database, and how to read it.
type form struct {
	custom record.Custom
	read   func(context.Context, *sql.Tx, *record.Reading) error
}

// forms are the forms of records by the scheme of their URL.
var forms = map[string]form{
	"stepca":      {record.Custom{Complete: true}, readStepCA},
	"radpostauth": {record.Custom{Uses: true}, readPostAuth},
}

// Forms are the names of the forms, sorted.
func Forms() []string { return slices.Sorted(maps.Keys(forms)) }

// Parse reads the URL of a source, FORM:DATABASE, and connects to nothing. It
// reports false for a URL of another form.
func Parse(s string) (src *record.Source, ok bool, err error) {
	name, rest, _ := strings.Cut(s, ":")
	form, ok := forms[name]
	if !ok {
		return nil, false, nil
	}
	u, err := url.Parse(rest)
	if err != nil {
		// What url.Parse says repeats the URL, and there may be a password in it.
		return nil, true, fmt.Errorf("%s: the database is not a URL such as postgres://reader@db.example.net/stepca", name)
	}
	open, err := opener(u)
	if err != nil {
		return nil, true, fmt.Errorf("%s: %w", name, err)
	}
	c := form.custom
	c.Form, c.Place = name, u.Redacted()
	c.Read = func(ctx context.Context, r *record.Reading) error { return read(ctx, open, form.read, r) }
	return record.New(c), true, nil
}

// opener returns what opens the database at a URL.
func opener(u *url.URL) (func() (*sql.DB, error), error) {
	if _, has := u.User.Password(); has || u.Query().Has("password") || u.Query().Has("sslpassword") {
		return nil, errors.New("a password in the URL shows in the list of processes: put it into a file, and ?password_file=FILE behind the database")
	}
	if u.User.Username() == "" && u.Query().Get("user") == "" {
		return nil, errors.New("the URL names no user, as in postgres://reader@db.example.net/stepca")
	}
	query := u.Query()
	file := query.Get("password_file")
	query.Del("password_file")
	switch u.Scheme {
	case "postgres", "postgresql":
		bare := *u
		bare.RawQuery = query.Encode()
		return openPostgres(bare.String(), file)
	case "mysql":
		return openMySQL(u, query, file)
	}
	return nil, fmt.Errorf("the database is of the kind %q: PostgreSQL (postgres://) and MySQL (mysql://) are read", u.Scheme)
}

// password reads the password when the database is opened, so that one that was
// changed since counts.
func password(file, otherwise string) (string, error) {
	if file == "" {
		return otherwise, nil
	}
	s, _, err := secret.ReadFile(file) // a byte order mark is left out
	if err != nil {
		return "", fmt.Errorf("password_file: %w", err)
	}
	return s.Reveal(), nil
}

func openPostgres(address, file string) (func() (*sql.DB, error), error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err // which hides what is secret
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectWithin
	}
	return func() (*sql.DB, error) {
		c := config.Copy()
		if c.Password, err = password(file, c.Password); err != nil {
			return nil, err
		}
		return stdlib.OpenDB(*c), nil
	}, nil
}

const connectWithin = 15 * time.Second

func openMySQL(u *url.URL, query url.Values, file string) (func() (*sql.DB, error), error) {
	config := mysql.NewConfig()
	config.User, config.DBName, config.Net, config.Timeout = u.User.Username(), strings.TrimPrefix(u.Path, "/"), "tcp", connectWithin
	if config.Addr = u.Host; u.Port() == "" {
		config.Addr = u.Host + ":3306"
	}
	config.TLSConfig = query.Get("tls")
	query.Del("tls")
	if path := query.Get("socket"); path != "" {
		config.Net, config.Addr = "unix", path
	}
	query.Del("socket")
	if len(query) > 0 {
		return nil, fmt.Errorf("a MySQL database has no setting %q, only password_file, socket and tls", slices.Sorted(maps.Keys(query))[0])
	}
	config.ParseTime = true
	return func() (*sql.DB, error) {
		c := config.Clone()
		var err error
		if c.Passwd, err = password(file, os.Getenv("MYSQL_PWD")); err != nil {
			return nil, err
		}
		connector, err := mysql.NewConnector(c)
		if err != nil {
			return nil, err
		}
		return sql.OpenDB(connector), nil
	}, nil
}

// read opens the database for one reading.
func read(ctx context.Context, open func() (*sql.DB, error), from func(context.Context, *sql.Tx, *record.Reading) error, r *record.Reading) error {
	db, err := open()
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	return from(ctx, tx, r)
}

// rows calls each for the rows of a query; scan fills in a row's columns.
func rows(ctx context.Context, tx *sql.Tx, query string, columns []any, each func()) error {
	found, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := found.Scan(columns...); err != nil {
			return err
		}
		each()
	}
	return found.Err()
}
