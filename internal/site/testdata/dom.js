// SPDX-License-Identifier: MPL-2.0
// As much of a browser as the page uses, to run its own scripts in node:
// node dom.js PAGE
"use strict";
const fs = require("fs");
const html = fs.readFileSync(process.argv[2], "utf8");
const elements = new Map();
const element = (tag, id) => ({
	tag, id, value: "", checked: false, textContent: "", className: "", type: "", children: [], listeners: {},
	append(...c) { this.children.push(...c); },
	replaceChildren(...c) { this.children = c; },
	addEventListener(name, f) { this.listeners[name] = f; },
	text() { return this.textContent + this.children.map(c => c.text()).join(" | "); },
});
for (const m of html.matchAll(/<(\w+)[^>]*\bid="([^"]+)"/g)) {
	if (elements.has(m[2])) throw new Error("two elements are called " + m[2]);
	elements.set(m[2], element(m[1], m[2]));
}
// Whoever cannot see the page hears labels: each control needs one that exists.
const labelled = new Set([...html.matchAll(/<label for="([^"]+)"/g)].map(m => m[1]));
for (const [id, e] of elements) {
	if (["input", "select", "textarea", "meter"].includes(e.tag) && !labelled.has(id) && id !== "reveal") throw new Error(id + " has no label");
}
for (const m of html.matchAll(/aria-(?:labelledby|describedby)="([^"]+)"/g)) {
	if (!elements.has(m[1])) throw new Error("there is no " + m[1] + " to label by");
}
globalThis.document = {
	getElementById: id => elements.get(id) ?? (() => { throw new Error("no element " + id); })(),
	createElement: tag => element(tag),
};
globalThis.location = { hash: "" };
globalThis.fetch = () => { throw new Error("the page asks the network"); };
const at = id => elements.get(id);
const type = (id, value) => { at(id)[typeof value === "boolean" ? "checked" : "value"] = value; };
const input = id => at(id).listeners.input();
for (const m of html.matchAll(/<script>([^]*?)<\/script>/g)) (0, eval)(m[1]);
(async () => {
	for (let i = 0; i < 400 && at("state").textContent !== "Ready."; i++) await new Promise(r => setTimeout(r, 25));
	type("server", "http://10.79.57.91");
	type("fingerprint", "12:04:08:70:62:5C:5B:75:5D:73:F5:92:52:85:F8:F5:FF:5D:55:AF");
	type("challenge", "D233CCF9B9952A15");
	type("fips", true);
	type("dot1x", true);
	type("certificate", "custom");
	type("format", "kea");
	input("server");
	const first = { state: at("state").textContent, hex: at("hex").textContent, budget: at("budget-text").textContent, max: at("budget").max,
		length: at("length").value, snippet: at("snippet").textContent, parts: at("parts").children.length, messages: at("messages").text(),
		formats: at("format").children.length };
	type("challenge", "x".repeat(190));
	input("challenge");
	const long = { messages: at("messages").text(), hex: at("hex").textContent };
	type("text", first.hex + "ff");
	input("text");
	const found = { messages: at("found").text(), values: at("values").text() };
	console.log(JSON.stringify({ first, long, found }));
	process.exit(0);
})();
