// SPDX-License-Identifier: MPL-2.0

// The charts: bars by uPlot, drawn again when the window or the colors change. The
// same figures are in a table below each.
(() => {
	const paper = matchMedia("print");
	const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

	function bars(id, {labels, counts}) {
		const place = document.getElementById(id), readout = document.getElementById(id + "-readout");
		let chart;
		const size = () => ({width: Math.max(place.clientWidth, 100), height: Math.max(place.clientHeight, 100)});
		const every = u => Math.max(1, Math.ceil(labels.length / Math.max(1, Math.floor(u.width / 90))));
		function draw() {
			chart?.destroy();
			const axis = {stroke: color("--ink"), grid: {stroke: color("--line"), width: 1}, ticks: {stroke: color("--line"), width: 1}};
			chart = new uPlot({
				...size(),
				legend: {show: false},
				cursor: {drag: {x: false, y: false}, y: false, points: {show: false}},
				scales: {x: {time: false, range: [-0.5, labels.length - 0.5]}, y: {range: (u, low, high) => [0, Math.max(high * 1.1, 1)]}},
				series: [{}, {fill: color("--bar"), points: {show: false}, paths: uPlot.paths.bars({size: [0.75, 40]})}],
				axes: [
					{...axis, grid: {show: false}, splits: u => labels.map((_, i) => i).filter(i => i % every(u) === 0), values: (u, at) => at.map(i => labels[i])},
					{...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6], values: (u, at) => at.map(n => n.toLocaleString("en-US")), size: 65},
				],
				hooks: {setCursor: [u => {
					const at = u.cursor.idx;
					readout.textContent = at == null ? "" : `${labels[at]}: ${counts[at].toLocaleString("en-US")}`;
				}]},
			}, [labels.map((_, i) => i), counts], place);
		}
		draw();
		new ResizeObserver(() => chart.setSize(size())).observe(place);
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
		paper.addEventListener("change", draw);
	}

	for (const [id, chart] of Object.entries(report.charts)) bars(id, chart);
})();
