// SPDX-License-Identifier: MPL-2.0

//go:build js && wasm

package main

import "syscall/js"

// main gives the page the function option43(operation, question) and stays.
func main() {
	js.Global().Set("option43", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if len(args) != 2 {
			return ""
		}
		return answer(args[0].String(), args[1].String())
	}))
	select {}
}
