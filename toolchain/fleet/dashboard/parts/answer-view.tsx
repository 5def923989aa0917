/** One answer of an analysis: figures with intervals, n, effort, assumptions, table and plot; or why there is no figure. */
import { useEffect, useRef } from "preact/hooks";

interface Estimate {
  value: number;
  unit: string;
  interval?: { low: number; high: number; level: number; method: string };
}

export interface Answer {
  of: string;
  n: number;
  nOf: string;
  effortDays: number;
  estimates: Record<string, Estimate>;
  refusal?: string;
  assumptions: string[];
  table?: { columns: string[]; rows: (string | number | boolean | null)[][] };
  plot?: Plot;
}

export interface Plot {
  kind: "line" | "bars";
  xLabel: string;
  yLabel: string;
  x: (number | string)[];
  series: { label: string; y: (number | null)[] }[];
}

const number = (value: number | null): string =>
  value === null ? "–" : Number(value.toPrecision(4)).toLocaleString("en-GB");

export function AnswerView({ answer }: { answer: Answer }) {
  const { of, n, nOf, effortDays, estimates, refusal, assumptions, table, plot } = answer;
  return (
    <section class="answer" aria-label={of || "All data"}>
      <h2>{of || "All data"}</h2>
      <p>
        n = {number(n)} {nOf}, effort {number(effortDays)} trap-nights
      </p>
      {refusal ? <p class="refusal">No figure: {refusal}.</p> : null}
      <dl class="estimates">
        {Object.entries(estimates).map(([name, { value, unit, interval }]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <strong>{number(value)}</strong> {unit}
              {interval ? (
                <span class="muted">
                  {" "}
                  {number(interval.low)} to {number(interval.high)} ({interval.level * 100} %,{" "}
                  {interval.method})
                </span>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
      {plot && plot.x.length > 1 ? <PlotView plot={plot} /> : null}
      {table?.rows.length ? (
        <details>
          <summary>Table</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <section class="table-frame" tabIndex={0} aria-label={`Table: ${of || "all"}`}>
            <table>
              <thead>
                <tr>
                  {table.columns.map((column, index) => (
                    <th key={`${column}${index}`} scope="col">
                      {column}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.slice(0, 200).map((row, index) => (
                  <tr key={index}>
                    {row.map((cell, column) => (
                      <td key={column}>
                        {typeof cell === "number" ? number(cell) : String(cell ?? "–")}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </details>
      ) : null}
      <details>
        <summary>Assumptions</summary>
        <ul class="assumptions">
          {assumptions.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function PlotView({ plot }: { plot: Plot }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let remove = () => {};
    let isCurrent = true;
    void import("../chart.ts").then(({ drawChart }) => {
      if (isCurrent && frame.current) remove = drawChart(frame.current, plot);
    });
    return () => {
      isCurrent = false;
      remove();
    };
  }, [plot]);
  const label = `Plot of ${plot.yLabel} by ${plot.xLabel}`;
  return <div ref={frame} class="chart" role="img" aria-label={label} />;
}
