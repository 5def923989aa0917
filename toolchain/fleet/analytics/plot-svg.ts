/** A plot as one SVG text: axes, lines or bars with intervals. For files and reports; the dashboard draws from the same arrays. */

import type { Plot } from "./answer.ts";
import { number } from "./answer-text.ts";

const [WIDTH, HEIGHT] = [720, 420];
const MARGIN = { left: 70, right: 20, top: 40, bottom: 60 };
const COLOURS = ["#1b6ca8", "#c8553d", "#3a7d44", "#7b5ea7"];
const TICKS = 6;

export function plotSvg(plot: Plot, title: string): string {
  const values = plot.series.flatMap(({ y, high = [] }) =>
    [...y, ...high].filter((v): v is number => v !== null && Number.isFinite(v)),
  );
  const top = niceTop(Math.max(0, ...values));
  const yOf = (v: number) =>
    HEIGHT - MARGIN.bottom - (v / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const xOf = placesOf(plot);
  const body = [
    text(WIDTH / 2, 22, title, "middle", 16),
    ...yAxis(plot, top, yOf),
    ...xAxis(plot, xOf),
    ...plot.series.flatMap((series, i) => seriesSvg(plot, series, i, xOf, yOf)),
    ...(plot.series.length > 1 ? legend(plot) : []),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

/** Numbers to scale, names at equal distances. */
function placesOf({ x }: Plot): number[] {
  const inner = WIDTH - MARGIN.left - MARGIN.right;
  const numbers = x.filter((v): v is number => typeof v === "number");
  if (numbers.length < x.length || x.length < 2) {
    return x.map((_, i) => MARGIN.left + ((i + 0.5) / x.length) * inner);
  }
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return numbers.map((v) => MARGIN.left + ((v - low) / (high - low || 1)) * inner);
}

/** 1, 2 or 5 times a power of ten, at or above the value. */
function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((v) => v >= value) ?? value;
}

function yAxis(plot: Plot, top: number, yOf: (v: number) => number): string[] {
  const lines = Array.from({ length: 5 }, (_, i) => (top * i) / 4).flatMap((v) => [
    `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${fixed(yOf(v))}" y2="${fixed(yOf(v))}" stroke="#ddd"/>`,
    text(MARGIN.left - 6, yOf(v) + 4, number(v), "end"),
  ]);
  const middle = (MARGIN.top + HEIGHT - MARGIN.bottom) / 2;
  const label = `<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">${escaped(plot.yLabel)}</text>`;
  return [...lines, label];
}

function xAxis({ x, xLabel }: Plot, xOf: number[]): string[] {
  const every = Math.max(1, Math.ceil(x.length / TICKS));
  const base = HEIGHT - MARGIN.bottom;
  return [
    `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${base}" y2="${base}" stroke="#333"/>`,
    ...x.flatMap((v, i) =>
      i % every === 0
        ? [text(xOf[i]!, base + 18, typeof v === "number" ? number(v) : v, "middle")]
        : [],
    ),
    text((MARGIN.left + WIDTH - MARGIN.right) / 2, HEIGHT - 14, xLabel, "middle"),
  ];
}

function seriesSvg(
  { kind, x }: Plot,
  { y, low, high }: Plot["series"][number],
  index: number,
  xOf: number[],
  yOf: (v: number) => number,
): string[] {
  const colour = COLOURS[index % COLOURS.length];
  if (kind === "line") {
    const points = y.flatMap((v, i) => (v === null ? [] : [`${fixed(xOf[i]!)},${fixed(yOf(v))}`]));
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(" ")}"/>`,
    ];
  }
  const width = Math.min(60, (0.6 * (WIDTH - MARGIN.left - MARGIN.right)) / x.length);
  return y.flatMap((v, i) => {
    if (v === null) return [];
    const [at, height] = [xOf[i]!, yOf(0) - yOf(v)];
    const bar = `<rect x="${fixed(at - width / 2)}" y="${fixed(yOf(v))}" width="${fixed(width)}" height="${fixed(height)}" fill="${colour}"/>`;
    const [from, to] = [low?.[i], high?.[i]];
    if (from == null || to == null) return [bar];
    return [
      bar,
      `<line x1="${fixed(at)}" x2="${fixed(at)}" y1="${fixed(yOf(from))}" y2="${fixed(yOf(to))}" stroke="#333" stroke-width="1.5"/>`,
    ];
  });
}

const legend = ({ series }: Plot): string[] =>
  series.flatMap(({ label }, i) => [
    `<rect x="${WIDTH - 160}" y="${MARGIN.top + 18 * i}" width="12" height="12" fill="${COLOURS[i % COLOURS.length]}"/>`,
    text(WIDTH - 142, MARGIN.top + 10 + 18 * i, label, "start"),
  ]);

const text = (x: number, y: number, content: string, anchor: string, size = 12): string =>
  `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" font-size="${size}">${escaped(content)}</text>`;

const fixed = (v: number): string => String(Number(v.toFixed(1)));

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (content: string): string => content.replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c);
