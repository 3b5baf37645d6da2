// SPDX-License-Identifier: MPL-2.0

//go:build !(js && wasm)

package main

import (
	"fmt"
	"io"
	"os"
)

// main outside of a browser answers one question of standard input, which is how
// the page is tried by hand: wasm encode < question.json
func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: wasm encode|decode|formats < question.json")
		os.Exit(2)
	}
	data, err := io.ReadAll(io.LimitReader(os.Stdin, 1<<20))
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasm:", err)
		os.Exit(3)
	}
	fmt.Println(answer(os.Args[1], string(data)))
}
