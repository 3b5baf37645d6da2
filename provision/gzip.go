// SPDX-License-Identifier: MPL-2.0

package provision

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// leastGzip is the size in bytes from which compressing is worth it.
const leastGzip = 1024

// A gzipper compresses each file once for all who ask for it, as long as its
// entity tag stays the same.
type gzipper struct{ files *lru[*gzipped] }

type gzipped struct {
	tag  string
	once sync.Once
	data []byte
	err  error
}

const gzipSuffix = `-gzip"`

// gzipTag is the entity tag of a file's compressed form: the strong tag of the
// plain form would promise equal bytes.
func gzipTag(tag string) string { return strings.TrimSuffix(tag, `"`) + gzipSuffix }

// plainTags turns the tags of compressed forms in lists of entity tags into
// those of the files, which is what a write replaces.
func plainTags(values []string) []string {
	plain := make([]string, len(values))
	for i, v := range values {
		plain[i] = strings.ReplaceAll(v, gzipSuffix, `"`)
	}
	return plain
}

// encode puts the compressed form of a file in its place where the client
// accepts it. A part is of the plain form, and a file that has a coding already
// (it is encrypted) or no exact tag stays as it is.
func (g *gzipper) encode(r *http.Request, name string, header http.Header, content io.ReadSeeker) (io.ReadSeeker, error) {
	tag := header.Get("ETag")
	if header.Get("Content-Encoding") != "" || !strings.HasPrefix(tag, `"`) {
		return content, nil
	}
	size, err := content.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = content.Seek(0, io.SeekStart)
	}
	if err != nil || size < leastGzip {
		return content, err
	}
	header.Add("Vary", "Accept-Encoding")
	if r.Header.Get("Range") != "" || !acceptsGzip(r.Header.Values("Accept-Encoding")) {
		return content, nil
	}
	header.Set("ETag", gzipTag(tag))
	header.Set("Content-Encoding", "gzip")
	if listed(r.Header.Values("If-None-Match"), gzipTag(tag), true) {
		return content, nil // nobody reads it: 304, or 412
	}
	file, ok := g.files.get(name)
	if !ok || file.tag != tag {
		file = &gzipped{tag: tag}
		g.files.put(name, file, 0)
	}
	file.once.Do(func() {
		file.data, file.err = compress(content)
		if file.err == nil {
			g.files.put(name, file, int64(cap(file.data)))
		}
	})
	if file.err != nil {
		g.files.remove(name) // the next request tries again
		return nil, file.err
	}
	return bytes.NewReader(file.data), nil
}

func compress(content io.Reader) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.Copy(w, content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil
}

// acceptsGzip reports whether Accept-Encoding has gzip, or "*" and does not
// exclude gzip (RFC 9110, section 12.5.3).
func acceptsGzip(values []string) bool {
	others := false
	for _, v := range values {
		for e := range strings.SplitSeq(v, ",") {
			coding, weight, _ := strings.Cut(e, ";")
			coding = strings.ToLower(strings.TrimSpace(coding))
			q := 1.0
			if name, number, ok := strings.Cut(weight, "="); ok && strings.EqualFold(strings.TrimSpace(name), "q") {
				q, _ = strconv.ParseFloat(strings.TrimSpace(number), 64)
			}
			switch coding {
			case "gzip", "x-gzip":
				return q > 0
			case "*":
				others = q > 0
			}
		}
	}
	return others
}
