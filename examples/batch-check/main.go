// SPDX-License-Identifier: MPL-2.0

// Batch-check checks every configuration file below a directory, and ends with
// status 1 if one has an error. It reads an fs.FS, so a zip file, an embedded
// folder or a commit of a repository would do as well.
package main

import (
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: batch-check DIRECTORY")
	}
	files, bad, err := check(os.Stdout, os.DirFS(os.Args[1]))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d files, %d with errors\n", files, bad)
	if bad > 0 {
		os.Exit(1)
	}
}

// check writes the problems of all files of fsys to w.
func check(w io.Writer, fsys fs.FS) (files, bad int, err error) {
	err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.EqualFold(path.Ext(name), ".xml") {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		files++
		document, err := cfgxml.Parse(data)
		if err != nil {
			bad++
			_, err = fmt.Fprintf(w, "%s: %v\n", name, err)
			return err
		}
		problems := validate.Document(document, validate.Settings{})
		if validate.HasErrors(problems) {
			bad++
		}
		for _, p := range problems {
			if _, err := fmt.Fprintf(w, "%s:%d: %v\n", name, document.Position(p.Start).Line, p); err != nil {
				return err
			}
		}
		return nil
	})
	return files, bad, err
}
