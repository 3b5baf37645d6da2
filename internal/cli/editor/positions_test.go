// SPDX-License-Identifier: MPL-2.0

package editor

import "testing"

// TestEditorPositions: places and bytes are each other's inverse.
func TestEditorPositions(t *testing.T) {
	t.Parallel()
	d := &lspDocument{text: []byte("a\n\tü東😀x\r\n\nö\ry<é>")}
	for i := range string(d.text) {
		if i > 0 && d.text[i] == '\n' && d.text[i-1] == '\r' {
			continue // a place within a line end is its start
		}
		if got := d.offset(d.position(i)); got != i {
			t.Errorf("byte %d: %+v is byte %d", i, d.position(i), got)
		}
	}
	if got := d.offset(lspPosition{99, 99}); got != len(d.text) {
		t.Errorf("beyond the end: %d", got)
	}
	if got := d.offset(lspPosition{1, 99}); d.text[got] != '\r' {
		t.Errorf("beyond the line: %d", got)
	}
}
