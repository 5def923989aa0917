/** Draws a plot with uPlot, in the page's own colours. Loaded with the first plot. */
import UPlot from "uplot";
import type { Plot } from "./parts/answer-view.tsx";

const COLOURS = ["--accent", "--blue", "--orange", "--red"];
const HEIGHT = 240;
/** Of the axis' figures; wide enough for every letter. */
const LETTER_PX = 8;

/** @returns takes the plot away */
export function drawChart(frame: HTMLElement, plot: Plot): () => void {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const isNamed = plot.x.some((value) => typeof value === "string");
  const x = plot.x.map((value, index) => (typeof value === "number" ? value : index));
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line") } };
  const names = (_: UPlot, splits: number[]) =>
    splits.map((at) => (Number.isInteger(at) ? String(plot.x[at] ?? "") : ""));
  const longest = Math.max(...plot.x.map((value) => String(value).length));
  const named = { values: names, space: (longest + 2) * LETTER_PX };
  const bars = UPlot.paths.bars?.({ size: [0.6, 60] });
  const chart = new UPlot(
    {
      width: frame.clientWidth || 320,
      height: HEIGHT,
      cursor: { show: false },
      legend: { show: plot.series.length > 1 },
      scales: { x: { time: false } },
      axes: [
        { ...axis, label: plot.xLabel, ...(isNamed && named) },
        { ...axis, label: plot.yLabel },
      ],
      series: [
        {},
        ...plot.series.map(({ label }, index) => ({
          label,
          stroke: colour(COLOURS[index % COLOURS.length] as string),
          width: 2,
          ...(plot.kind === "bars" && bars && { paths: bars }),
        })),
      ],
    },
    [x, ...plot.series.map(({ y }) => y)] as UPlot.AlignedData,
    frame,
  );
  const resize = new ResizeObserver(() =>
    chart.setSize({ width: frame.clientWidth, height: HEIGHT }),
  );
  resize.observe(frame);
  return () => {
    resize.disconnect();
    chart.destroy();
  };
}
