// SPDX-License-Identifier: MPL-2.0

package scep

import (
	"encoding/asn1"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// unmarshal decodes the whole of der and nothing but der. encoding/asn1 passes
// over elements at the end of a SEQUENCE that the type does not name; here they
// are an error, at every depth that v describes: nobody may hide in a message
// what another reader sees.
func unmarshal(der []byte, v any, what string) error {
	rest, err := next(der, v, what)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%s: %d bytes too many", what, len(rest))
	}
	return err
}

// next is unmarshal for the first of several values.
func next(der []byte, v any, what string) (rest []byte, err error) {
	if rest, err = asn1.Unmarshal(der, v); err == nil {
		err = exact(der[:len(der)-len(rest)], reflect.ValueOf(v).Elem())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return rest, nil
}

// exact reports an error when a SEQUENCE in der has more elements than v, which
// was decoded from it.
func exact(der []byte, v reflect.Value) error {
	switch v.Interface().(type) {
	case asn1.RawValue, asn1.BitString, asn1.ObjectIdentifier, time.Time, []byte:
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return exactStruct(der, v)
	case reflect.Slice:
		parts, err := elements(der)
		if err != nil {
			return err
		}
		for i := range min(v.Len(), len(parts)) {
			if err := exact(parts[i].FullBytes, v.Index(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func exactStruct(der []byte, v reflect.Value) error {
	parts, err := elements(der)
	if err != nil {
		return err
	}
	used := 0
	for i := range v.NumField() {
		field := v.Field(i)
		optional := strings.Contains(v.Type().Field(i).Tag.Get("asn1"), "optional")
		if used == len(parts) || optional && absent(field, parts[used]) {
			continue
		}
		if err := exact(parts[used].FullBytes, field); err != nil {
			return err
		}
		used++
	}
	if more := len(parts) - used; more > 0 {
		return fmt.Errorf("%d elements too many at the end of a SEQUENCE", more)
	}
	return nil
}

func absent(field reflect.Value, next asn1.RawValue) bool {
	switch f := field.Interface().(type) {
	case asn1.RawValue:
		return len(f.FullBytes) == 0
	case bool:
		return next.Class != asn1.ClassUniversal || next.Tag != asn1.TagBoolean
	}
	return field.IsZero()
}

// elements splits a SEQUENCE or SET.
func elements(der []byte) (parts []asn1.RawValue, err error) {
	var outer asn1.RawValue
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil, err
	}
	for rest := outer.Bytes; len(rest) > 0; {
		var part asn1.RawValue
		if rest, err = asn1.Unmarshal(rest, &part); err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}
