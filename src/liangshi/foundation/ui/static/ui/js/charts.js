// Draws every [data-chart] with ECharts as SVG; numbers come from the json_script beside it.
const css = getComputedStyle(document.documentElement);
const token = (name) => css.getPropertyValue(name).trim();
const text = { color: token("--ink-soft"), fontFamily: token("--font"), fontSize: 13 };
const COLOURS = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5"].map(token);

function option(data, narrow) {
  const names = {
    type: "category",
    data: data.categories,
    inverse: data.horizontal,
    axisLabel: { ...text, hideOverlap: !data.horizontal },
    axisLine: { lineStyle: { color: token("--line-strong") } },
    axisTick: { show: false },
  };
  const values = {
    type: "value",
    axisLabel: text,
    ...(data.unit === "%" ? { max: 100, interval: narrow ? 50 : 20 } : {}),
    splitNumber: narrow ? 3 : 5,
    splitLine: { lineStyle: { color: token("--line") } },
  };
  const legend = data.series.length > 1;
  return {
    animation: false,
    color: COLOURS,
    textStyle: text,
    grid: { left: 4, right: 16, top: legend ? 40 : 16, bottom: 4, containLabel: true },
    legend: legend ? { top: 0, left: 0, textStyle: text, itemWidth: 14, itemHeight: 10 } : undefined,
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (v) => (v === null ? "–" : v + data.unit) },
    xAxis: data.horizontal ? values : names,
    yAxis: data.horizontal ? names : values,
    series: data.series.map((series) => ({
      name: series.name,
      type: data.kind,
      data: series.values,
      barMaxWidth: 22,
      symbolSize: 7,
      lineStyle: { width: 2.5 },
    })),
  };
}

function draw(element) {
  const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  if (data.horizontal) {
    const bars = data.categories.length * data.series.length;
    element.style.height = `${Math.max(180, bars * 22 + data.categories.length * 12 + 60)}px`;
  }
  const chart = window.echarts.init(element, null, { renderer: "svg" });
  const show = () => chart.setOption(option(data, element.clientWidth < 480), true);
  show();
  window.addEventListener("resize", () => {
    chart.resize();
    show();
  });
  element.closest(".chart").querySelector(".chart-numbers").removeAttribute("open");
}

// Without ECharts (a blocked or broken download) the table stays open and says it all.
if (window.echarts) document.querySelectorAll("[data-chart]").forEach(draw);
else document.querySelectorAll("[data-chart]").forEach((element) => { element.hidden = true; });
