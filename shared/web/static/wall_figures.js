// Draws the wall's figures with ECharts, from the values that stand beside each server-made table or figure
// (`data-drawn`). Where ECharts is missing, those stay to be seen.
window.wallFigures = (wall) => {
  "use strict";
  if (!window.echarts) return null;
  wall.classList.add("wall--drawn");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const charts = new Map(), values = new Map();

  function look() {
    const style = getComputedStyle(wall), token = (name) => style.getPropertyValue(`--${name}`).trim();
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const wide = matchMedia("(min-width: 100rem)").matches;
    return { token, font: style.fontFamily, size: rem * (wide ? 1.0625 : 0.8125), rem, ink: token("ink"), dim: token("ink-2"), line: token("line"), accent: token("accent") };
  }

  const text = (l, color = l.dim) => ({ color, fontFamily: l.font, fontSize: l.size });
  const scale = (l, more = {}) => ({ type: "value", minInterval: 1, splitNumber: 3, axisLabel: { ...text(l), margin: l.rem * 0.5 }, splitLine: { lineStyle: { color: l.line } }, axisLine: { show: false }, axisTick: { show: false }, ...more });
  const names = (l, data, more = {}) => ({ type: "category", data, axisLabel: { ...text(l), hideOverlap: true, margin: l.rem * 0.75, ...more }, axisLine: { lineStyle: { color: l.line } }, axisTick: { show: false } });

  const kinds = {
    hours(l, drawn) {
      const top = l.rem * 2, half = { top, bottom: l.rem * 2 };
      const most = Math.max(3, ...drawn.parts.flatMap((each) => [...each.today, ...each.usual]));
      const grids = [{ ...half, left: l.rem * 2.6, right: "52%" }, { ...half, left: "55%", right: l.rem * 0.25 }];
      return {
        grid: grids,
        xAxis: drawn.parts.map((_, n) => ({ ...names(l, drawn.hours, { interval: (place) => place % 3 === 0 }), gridIndex: n })),
        yAxis: drawn.parts.map((each, n) => ({ ...scale(l, { max: nice(most) }), gridIndex: n, axisLabel: { ...text(l), show: n === 0 }, name: each.name, nameLocation: "end", nameGap: l.rem * 0.6, nameTextStyle: { ...text(l, l.ink), align: "left" } })),
        series: drawn.parts.flatMap((each, n) => [
          { type: "bar", xAxisIndex: n, yAxisIndex: n, data: each.today, itemStyle: { color: l.accent }, barWidth: "62%" },
          { type: "line", xAxisIndex: n, yAxisIndex: n, data: each.usual, symbol: "none", step: "middle", lineStyle: { color: l.ink, width: l.rem * 0.1, type: [l.rem * 0.25, l.rem * 0.2] } },
        ]),
      };
    },
    trend(l, drawn) {
      const most = Math.max(3, ...drawn.lines.flatMap((each) => each.numbers));
      const ends = drawn.lines.map((each) => each.numbers.at(-1)), close = Math.abs(ends[0] - ends[1]) < most / 5;
      const higher = ends[1] > ends[0] ? 1 : 0; // the words of two points that are close must not lie on each other
      const said = drawn.lines.map((each, n) => `${each.name} ${ends[n].toLocaleString("en-US")}`);
      return {
        grid: { top: l.rem, bottom: l.rem * 2.2, left: l.rem * 2.6, right: l.size * (1 + Math.max(...said.map(ems))) },
        xAxis: { ...names(l, drawn.days, { interval: (place) => place % 5 === 0 || (place === drawn.days.length - 1 && place % 5 > 2), alignMinLabel: "left", alignMaxLabel: "right" }), boundaryGap: false },
        yAxis: scale(l, { max: nice(most) }),
        series: drawn.lines.map((each, n) => ({
          type: "line",
          name: each.name,
          data: each.numbers,
          symbol: "none",
          lineStyle: { color: n ? l.dim : l.accent, width: l.rem * (n ? 0.12 : 0.17), type: n ? [l.rem * 0.35, l.rem * 0.25] : "solid" },
          endLabel: { show: true, formatter: said[n], ...text(l, n ? l.dim : l.accent), fontWeight: n ? 400 : 600, offset: [0, close ? l.size * (n === higher ? -0.75 : 0.55) : 0] },
          z: 3 - n,
        })),
      };
    },
    departments(l, drawn) {
      const colours = { green: l.token("green"), paused: l.token("line-strong"), yellow: l.token("amber"), red: l.token("red"), deep_red: l.token("deep") };
      const order = ["deep_red", "red", "yellow", "green", "paused"];
      return {
        grid: { top: 0, bottom: 0, left: 0, right: 0 },
        xAxis: { type: "value", show: false, max: Math.max(1, ...drawn.rows.map((row) => row.reduce((sum, each) => sum + each, 0))) },
        yAxis: { type: "category", inverse: true, show: false, data: drawn.rows.map((_, n) => n) },
        series: order.map((light) => ({
          type: "bar",
          stack: "all",
          barWidth: "38%",
          data: drawn.rows.map((row) => row[drawn.lights.indexOf(light)] || null),
          barMinHeight: l.rem * 0.22,
          itemStyle: { color: colours[light], opacity: light === "green" ? 0.75 : 1 },
        })),
      };
    },
    satisfaction(l, drawn) {
      return {
        grid: { top: 0, bottom: 0, left: 0, right: 0 },
        xAxis: { type: "value", show: false, max: drawn.levels.reduce((sum, each) => sum + each, 0) },
        yAxis: { type: "category", show: false, data: [""] },
        series: drawn.levels.map((count, n) => ({ type: "bar", stack: "all", barWidth: "100%", data: [count || null], itemStyle: { color: l.token(`r${5 - n}`), borderColor: l.token("paper"), borderWidth: count ? l.rem * 0.06 : 0 } })),
      };
    },
  };

  // How wide a text is, roughly, in its own size: Chinese characters are square.
  function ems(words) {
    return [...words].reduce((sum, each) => sum + (each > "\u2e7f" ? 1 : 0.6), 0);
  }

  // The next round number, so that both halves have the same scale.
  function nice(most) {
    const size = 10 ** Math.floor(Math.log10(most / 3));
    const step = [1, 2, 5, 10].map((each) => each * size).find((each) => each * 3 >= most);
    return Math.max(3, Math.ceil(step) * 3);
  }

  function paint(name) {
    const place = wall.querySelector(`[data-figure="${name}"]`), drawn = values.get(name);
    place.hidden = !drawn;
    if (!drawn) return;
    under(place, name);
    if (!place.clientWidth || !place.clientHeight) return;
    if (!charts.has(name)) charts.set(name, echarts.init(place, null, { renderer: "canvas" }));
    const chart = charts.get(name);
    chart.resize();
    chart.setOption({ animation: !still, animationDuration: 400, animationDurationUpdate: 400, ...kinds[name](look(), drawn) });
  }

  // Bars beside the rows of a table lie over the cells that it leaves free for them.
  function under(place, name) {
    const cells = [...wall.querySelectorAll(`[data-under="${name}"]`)];
    if (!cells.length) return;
    const first = cells[0].getBoundingClientRect(), last = cells.at(-1).getBoundingClientRect();
    const whole = place.parentElement.getBoundingClientRect();
    place.style.left = `${first.left - whole.left}px`;
    place.style.top = `${first.top - whole.top}px`;
    place.style.width = `${first.width}px`;
    place.style.height = `${last.bottom - first.top}px`;
  }

  let later = 0;
  const all = () => (clearTimeout(later), (later = setTimeout(() => [...values.keys()].forEach(paint), 100)));
  new ResizeObserver(all).observe(wall);
  document.fonts?.ready.then(all);

  return {
    draw(part) {
      const from = part.querySelector("[data-drawn]"), name = part.dataset.part;
      if (!(name in kinds)) return;
      values.set(name, from ? JSON.parse(from.dataset.drawn) : null);
      paint(name);
    },
  };
};
