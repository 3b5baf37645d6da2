// SPDX-License-Identifier: MPL-2.0

package record

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// fields are what a row can say, by the names that a source's URL uses for them.
// Each has the names that known programs give to its column.
var fields = map[string][]string{
	"mac":        {"calling station id", "calling-station-id", "endpoint id", "mac address", "mac"},
	"user":       {"user-name", "username", "user name", "identity"},
	"name":       {"issued common name", "ausgestellter allgemeiner name", "common name", "commonname", "common_name", "cn"},
	"subject":    {"issued distinguished name", "ausgestellter definierter name", "subject dn", "subjectdn", "subject"},
	"serial":     {"serial number", "seriennummer", "serialnumber", "serial_number", "certificate serial number", "serial"},
	"issuer":     {"issuer dn", "issuerdn", "issuer name", "issuer"},
	"not_before": {"certificate effective date", "anfangsdatum des zertifikats", "not before", "notbefore", "not_before", "valid from"},
	"not_after":  {"certificate expiration date", "ablaufdatum des zertifikats", "not after", "notafter", "not_after", "expire date", "expiredate", "expiration date", "valid to", "end"},
	"at":         {"logged at", "timestamp", "_time", "time"},
	"result":     {"request disposition", "anforderungsdisposition", "authentication status", "result", "status", "verify"},
	"reason":     {"failure reason", "revocation reason", "failurereason", "reason"},
	"revoked":    {"revocation date", "sperrdatum", "revoked at", "revocationdate"},
}

// words say what the text of the field result means; 0 is neither.
var words = map[string]Kind{
	"issued": Issued, "ausgestellt": Issued, "active": Issued, "cert_active": Issued, "cert_notifiedaboutexpiration": Issued, "valid": Issued, "expired": Issued,
	"revoked": Revoked, "gesperrt": Revoked, "cert_revoked": Revoked,
	"pending": 0, "ausstehend": 0, "failed request": 0, "denied": 0, "abgelehnt": 0, "error": 0,
	"access-accept": Accepted, "accept": Accepted, "accepted": Accepted, "pass": Accepted, "passed": Accepted, "authentication succeeded": Accepted,
	"access-reject": Rejected, "reject": Rejected, "rejected": Rejected, "fail": Rejected, "failed": Rejected, "authentication failed": Rejected,
	"success": Shown, "none": 0, "generous": 0,
}

// rows turn the columns of a table, or the values of an object, into facts.
type rows struct {
	column map[string]string // of each field, as the URL or the form names it
	kind   Kind              // of every row without a result
	words  map[string]Kind   // by the URL, beside those above
	layout string            // of its times
	base   int               // of its serial numbers
}

// rowValues are what the URL of a table may set.
func rowValues() []string {
	return append(slices.Sorted(maps.Keys(fields)), "kind", "layout", "base", "complete", "zone", "issued", "accepted", "rejected", "shown")
}

func newRows(values url.Values) (*rows, error) {
	t := &rows{column: map[string]string{}, words: map[string]Kind{}, layout: values.Get("layout"), base: 16}
	for field := range fields {
		if name := values.Get(field); name != "" {
			t.column[field] = name
		}
	}
	for kind, name := range kindNames {
		if values.Get("kind") == name && name != "" {
			t.kind = Kind(kind)
		}
		if name == "" || name == kindNames[Revoked] { // revoked is a column, with its time
			continue
		}
		for word := range strings.SplitSeq(values.Get(name), ",") {
			if word != "" {
				t.words[strings.ToLower(strings.TrimSpace(word))] = Kind(kind)
			}
		}
	}
	if values.Get("kind") != "" && t.kind == 0 {
		return nil, fmt.Errorf("kind is %q, want one of %s", values.Get("kind"), strings.Join(kindNames[1:], ", "))
	}
	switch b := values.Get("base"); b {
	case "", "16":
	case "10":
		t.base = 10
	default:
		return nil, fmt.Errorf("base is %q: serial numbers are of base 16 or 10", b)
	}
	return t, nil
}

// fact reads a row. get returns the text of a field and whether there is such a
// column. It reports false for a row that is not about a certificate.
func (t *rows) fact(f *Fact, get func(field string) string, zone *time.Location) (bool, error) {
	var err error
	result := get("result")
	if f.Kind, f.Reason, err = t.means(result, get("reason")); err != nil || f.Kind == 0 {
		return false, err
	}
	if f.MAC, err = station(get("mac")); err != nil {
		return false, err
	}
	f.User, f.Issuer = get("user"), slashed(get("issuer"))
	if f.Name = get("name"); f.Name == "" {
		f.Name = CommonName(get("subject"))
	}
	if f.Serial, err = t.serial(get("serial")); err != nil {
		return false, err
	}
	revoked := get("revoked")
	for _, v := range []struct {
		field string
		to    *time.Time
	}{{"not_before", &f.NotBefore}, {"not_after", &f.NotAfter}, {"at", &f.At}} {
		if *v.to, err = t.time(get(v.field), zone); err != nil {
			return false, fmt.Errorf("%s: %w", v.field, err)
		}
	}
	switch {
	case f.Kind == Issued && revoked != "":
		f.Kind = Revoked
		fallthrough
	case f.Kind == Revoked:
		if f.At, err = t.time(revoked, zone); err != nil {
			return false, fmt.Errorf("revoked: %w", err)
		}
		fallthrough
	case f.Kind == Issued:
		if f.Serial == "" {
			return false, errors.New("the row has no serial number")
		}
	case f.Serial == "" && f.Name == "" && f.User == "" && f.MAC.IsZero():
		return false, errors.New("the row names neither a certificate nor a phone")
	}
	return true, nil
}

// means says what a result means. Those of Microsoft's CA are a number and a word,
// "20 -- Issued"; those of ISE begin with a number, "5200 Authentication succeeded";
// those of web servers go on with a reason, "FAILED:certificate has expired".
func (t *rows) means(result, reason string) (Kind, string, error) {
	result = strings.TrimSpace(result)
	if result == "" {
		if t.kind == 0 {
			return 0, "", errors.New("the row does not say what became of it: name the column (?result=NAME) or what every row means (?kind=issued)")
		}
		return t.kind, reason, nil
	}
	word := strings.ToLower(result)
	if _, after, ok := strings.Cut(word, " -- "); ok {
		word = after
	}
	if kind, ok := t.words[word]; ok {
		return kind, reason, nil
	}
	if kind, ok := words[strings.TrimLeft(word, "0123456789 ")]; ok && strings.TrimLeft(word, "0123456789 ") != "" {
		return kind, reason, nil
	}
	if _, why, ok := strings.Cut(result, ":"); ok && strings.HasPrefix(word, "failed:") {
		return Rejected, why, nil
	}
	return 0, "", fmt.Errorf("the result %q is not known: say what it means, as in ?accepted=%s", result, url.QueryEscape(result))
}

func (t *rows) serial(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" || s == "-" {
		return "", nil
	}
	if t.base == 10 {
		n, ok := new(big.Int).SetString(s, 10)
		if !ok || n.Sign() < 0 || len(s) > 160 {
			return "", fmt.Errorf("serial number %.160q is not decimal", s)
		}
		return n.Text(16), nil
	}
	return verify.CanonicalSerial(s)
}

func (t *rows) time(s string, zone *time.Location) (time.Time, error) {
	switch s = strings.TrimSpace(s); {
	case s == "" || s == "-":
		return time.Time{}, nil
	case t.layout != "":
		v, err := time.ParseInLocation(t.layout, s, zone)
		if err != nil {
			return v, fmt.Errorf("%q is not of the layout %q", s, t.layout)
		}
		return v.UTC(), nil
	}
	return anyTime(s, zone)
}
