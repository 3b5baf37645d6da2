// SPDX-License-Identifier: MPL-2.0

// Command surface counts what the public packages of the module export, one
// line for each package: functions, types, constants, variables, methods and
// struct fields, each once. Fields and methods count only where their type is
// exported. With -l it also lists the names.
package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	list := flag.Bool("l", false, "list the names")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: surface [-l] [directory]...")
		flag.PrintDefaults()
	}
	flag.Parse()
	roots := flag.Args()
	if len(roots) == 0 {
		roots = []string{"."}
	}
	for _, root := range roots {
		dirs, err := packages(root)
		if err != nil {
			log.Fatal(err)
		}
		for _, dir := range dirs {
			names, err := exported(dir)
			if err != nil {
				log.Fatal(err)
			}
			if len(names) == 0 {
				continue
			}
			fmt.Printf("%4d %s\n", len(names), filepath.ToSlash(dir))
			if *list {
				for _, n := range names {
					fmt.Println("       " + n)
				}
			}
		}
	}
}

// packages returns the directories below root that importers may use.
func packages(root string) (dirs []string, err error) {
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		switch name := e.Name(); {
		case path != root && (strings.HasPrefix(name, ".") || name == "internal" || name == "testdata" || name == "tools" || name == "build" || name == "examples"):
			return fs.SkipDir
		}
		dirs = append(dirs, path)
		return nil
	})
	return dirs, err
}

// exported returns the names that the package in dir exports, sorted. A
// command exports none.
func exported(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if file.Name.Name == "main" {
			return nil, nil
		}
		for _, decl := range file.Decls {
			for _, name := range declared(decl) {
				seen[name] = true
			}
		}
	}
	var names []string
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

func declared(decl ast.Decl) (names []string) {
	add := func(prefix string, id *ast.Ident) {
		if id.IsExported() {
			names = append(names, prefix+id.Name)
		}
	}
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			add("", decl.Name)
		} else if recv := receiver(decl.Recv.List[0].Type); ast.IsExported(recv) {
			add(recv+".", decl.Name)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					add("", id)
				}
			case *ast.TypeSpec:
				add("", spec.Name)
				if spec.Name.IsExported() {
					names = append(names, members(spec)...)
				}
			}
		}
	}
	return names
}

// members returns the fields of a struct and the methods of an interface.
func members(spec *ast.TypeSpec) (names []string) {
	var fields *ast.FieldList
	switch t := spec.Type.(type) {
	case *ast.StructType:
		fields = t.Fields
	case *ast.InterfaceType:
		fields = t.Methods
	default:
		return nil
	}
	for _, f := range fields.List {
		for _, id := range f.Names {
			if id.IsExported() {
				names = append(names, spec.Name.Name+"."+id.Name)
			}
		}
		if len(f.Names) == 0 { // embedded
			if id := receiver(f.Type); ast.IsExported(id) {
				names = append(names, spec.Name.Name+"."+id)
			}
		}
	}
	return names
}

// receiver returns the name of the type that a receiver or embedded field has.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.Ident:
		return t.Name
	}
	return ""
}
