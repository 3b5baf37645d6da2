// SPDX-License-Identifier: MPL-2.0

"use strict";

const report = JSON.parse(document.getElementById("data").textContent);
document.getElementById("data").remove();

// The table of phones. Only the rows in view, and some around them, are elements.
(() => {
	const {verdicts, tones, advice, columns, phones} = report;
	const $ = id => document.getElementById(id);
	const frame = $("frame"), body = $("rows"), search = $("search"), dialog = $("phone");
	const VERDICT = 1, BEFORE = 3;
	const most = 400000; // rows: browsers limit the height of an element
	const onPaper = 1000;
	const around = 12;
	const number = n => n.toLocaleString("en-US");
	const phonesOf = n => n === 1 ? "1 phone" : number(n) + " phones";

	function element(name, properties, ...children) {
		const e = Object.assign(document.createElement(name), properties);
		e.append(...children);
		return e;
	}

	// What a cell shows.
	function shown(phone, column) {
		const value = phone[column];
		switch (columns[column].kind) {
		case "verdict": return verdicts[value];
		case "before": return value === -1 ? "" : value === -2 ? "not in the report" : verdicts[value];
		case "time": return value ? new Date(value * 1000).toISOString().slice(0, 10) : "";
		}
		return value;
	}

	// Filters: a list for each column that groups phones.
	const filters = new Map();
	function addFilter(column) {
		const values = new Map();
		for (const p of phones) {
			values.set(p[column], (values.get(p[column]) ?? 0) + 1);
			if (values.size > 300) return;
		}
		if (values.size < 2 || values.size > 10 && values.size > phones.length / 2) return;
		const list = element("select", {name: "column-" + column}, element("option", {value: "", textContent: "all"}));
		const sorted = [...values.keys()].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
		sorted.forEach((value, i) => {
			const text = columns[column].kind === "group" ? value : shown([...Array(column), value], column);
			list.append(element("option", {value: String(i), textContent: `${text || (column === BEFORE ? "not changed" : "not stated")} (${number(values.get(value))})`}));
		});
		list.addEventListener("change", select);
		filters.set(column, {list, sorted});
		$("controls").append(element("label", {}, columns[column].title + " ", list));
	}

	// Sorting: by one column; phones without a value are last. Verdicts are sorted by
	// how much they need somebody.
	let order = [], by = VERDICT, down = true;
	const need = verdicts.map((_, i) => ["good", "unknown", "maybe", "bad"].indexOf(tones[i]) * verdicts.length + i);
	const keys = {
		verdict: p => need[p[VERDICT]],
		before: p => need[p[BEFORE]] ?? p[BEFORE],
	};
	function sort() {
		const sign = down ? -1 : 1, kind = columns[by].kind, text = !["verdict", "before", "time"].includes(kind);
		const of = keys[kind] ?? (p => p[by]);
		const key = text ? phones.map(of) : Float64Array.from(phones, of);
		const none = text ? "" : kind === "time" ? 0 : -1;
		order.sort((a, b) => {
			const x = key[a], y = key[b];
			if (x === y) return a - b;
			if (x === none) return 1;
			if (y === none) return -1;
			return x < y ? -sign : sign;
		});
	}

	// Searching: in all that a row shows, without regard to case; a MAC address with
	// any separators or none.
	let texts;
	const text = i => texts[i] ??= (phones[i].map((_, c) => shown(phones[i], c)).join("\n") + "\n" + phones[i][0].replaceAll(":", "")).toLowerCase();
	function select() {
		const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
			.map(w => /^([0-9a-f]{2}[-:.]){2,5}[0-9a-f]{0,2}$|^([0-9a-f]{4}\.){1,2}[0-9a-f]{0,4}$/.test(w) ? w.replace(/[-:.]/g, "") : w);
		const wanted = [...filters].filter(([, f]) => f.list.value !== "").map(([c, f]) => [c, f.sorted[f.list.value]]);
		texts ??= [];
		order = [];
		for (let i = 0; i < phones.length; i++) {
			if (wanted.every(([c, v]) => phones[i][c] === v) && words.every(w => text(i).includes(w))) order.push(i);
		}
		sort();
		frame.scrollTop = 0;
		active = 0;
		show();
		say();
	}

	function say() {
		const few = order.length > most ? ` The first ${number(most)} are listed: search for less to see others.` : "";
		$("state").textContent = `${phonesOf(order.length)}${order.length < phones.length ? " of " + number(phones.length) : ""}, by ${columns[by].title.toLowerCase()}${down ? ", descending" : ""}.${few}`;
		$("table").setAttribute("aria-rowcount", order.length + 1);
		$("cut").textContent = order.length > onPaper ? `${phonesOf(order.length - onPaper)} more ${order.length - onPaper === 1 ? "is" : "are"} not on paper.` : "";
		$("cut").hidden = order.length <= onPaper;
	}

	// Rendering.
	let height = 36, active = 0, first = -1, last = -1;
	function rowOf(at) {
		const i = order[at], phone = phones[i];
		const row = element("tr");
		row.setAttribute("aria-rowindex", at + 2);
		columns.forEach((c, n) => {
			const value = shown(phone, n);
			if (n === 0) {
				const button = element("button", {type: "button", textContent: value, tabIndex: at === active ? 0 : -1});
				button.dataset.at = at;
				row.append(element("th", {scope: "row", className: c.kind}, button));
				return;
			}
			row.append(element("td", {className: n === VERDICT ? c.kind + " " + tones[phone[n]] : c.kind, textContent: value, title: value}));
		});
		return row;
	}

	function space(rows) {
		const row = element("tr", {className: "space"}, element("td", {colSpan: columns.length}));
		row.setAttribute("aria-hidden", "true");
		row.firstChild.style.height = rows * height + "px";
		return row;
	}

	const paper = matchMedia("print");
	function show() {
		const count = Math.min(order.length, paper.matches ? onPaper : most);
		let from = 0, to = count;
		if (!paper.matches) {
			from = Math.max(0, Math.floor(frame.scrollTop / height) - around);
			to = Math.min(count, Math.ceil((frame.scrollTop + (frame.clientHeight || 600)) / height) + around);
		}
		const focused = body.contains(document.activeElement);
		const rows = [];
		if (from > 0) rows.push(space(from));
		for (let at = from; at < to; at++) rows.push(rowOf(at));
		if (to < count) rows.push(space(count - to));
		body.replaceChildren(...rows);
		first = from, last = to;
		if (active < from || active >= to) body.querySelector("button")?.setAttribute("tabindex", "0");
		if (focused) (body.querySelector(`button[data-at="${active}"]`) ?? frame).focus({preventScroll: true});
	}

	let asked = false;
	frame.addEventListener("scroll", () => {
		if (asked) return;
		asked = true;
		requestAnimationFrame(() => {
			asked = false;
			const at = Math.floor(frame.scrollTop / height);
			if (at < first + 2 || at + frame.clientHeight / height > last - 2) show();
		});
	}, {passive: true});

	// Keys: the arrows move from row to row, as in a list.
	function go(at) {
		active = Math.max(0, Math.min(at, Math.min(order.length, most) - 1));
		const top = active * height, head = $("headings").offsetHeight, room = frame.clientHeight - head - height;
		if (top < frame.scrollTop) frame.scrollTop = top;
		else if (top > frame.scrollTop + room) frame.scrollTop = top - room;
		show();
		body.querySelector(`button[data-at="${active}"]`)?.focus({preventScroll: true});
	}
	body.addEventListener("keydown", e => {
		if (!e.target.dataset.at || e.ctrlKey || e.altKey || e.metaKey) return;
		const page = Math.max(1, Math.floor(frame.clientHeight / height) - 2), at = Number(e.target.dataset.at);
		const to = {ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: order.length - 1}[e.key];
		if (to === undefined) return;
		e.preventDefault();
		go(to);
	});

	// A phone, in full.
	body.addEventListener("click", e => {
		const button = e.target.closest("button");
		if (!button) return;
		active = Number(button.dataset.at);
		const phone = phones[order[active]];
		$("phone-title").textContent = "Phone " + phone[0];
		$("fields").replaceChildren(...columns.flatMap((c, n) => {
			const value = shown(phone, n);
			return n === 0 || value === "" ? [] : [element("dt", {textContent: c.title}), element("dd", {textContent: value})];
		}));
		$("advice").textContent = advice[phone[VERDICT]];
		dialog.showModal();
	});
	$("close").addEventListener("click", () => dialog.close());

	function headings() {
		$("headings").replaceChildren(...columns.map((c, n) => {
			const button = element("button", {type: "button", textContent: c.title});
			if (n === by) button.append(element("span", {textContent: down ? " ▼" : " ▲", ariaHidden: "true"}));
			button.addEventListener("click", () => {
				down = by === n ? !down : false;
				by = n;
				headings();
				$("headings").children[n].firstChild.focus();
				sort();
				frame.scrollTop = 0;
				active = 0;
				show();
				say();
			});
			const head = element("th", {scope: "col", className: c.kind}, button);
			if (n === by) head.ariaSort = down ? "descending" : "ascending";
			return head;
		}));
	}

	headings();
	columns.forEach((c, n) => ["verdict", "before", "group"].includes(c.kind) && addFilter(n));
	$("controls").hidden = frame.hidden = false;
	select();
	performance.mark("first sorted row");
	const real = body.querySelector("tr:not(.space)")?.getBoundingClientRect().height;
	if (real && Math.abs(real - height) > 0.1) height = real, show();

	search.addEventListener("input", select);
	paper.addEventListener("change", show);
	new ResizeObserver(show).observe(frame);
	for (const button of document.querySelectorAll("button[data-column]")) {
		button.addEventListener("click", () => {
			const column = columns.findIndex(c => c.title === button.dataset.column), f = filters.get(column);
			if (f) f.list.value = f.sorted.indexOf(verdicts.indexOf(button.dataset.value));
			search.value = "";
			select();
			$("phones").scrollIntoView();
			frame.focus({preventScroll: true});
		});
	}
})();
