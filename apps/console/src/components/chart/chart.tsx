import { useElementSize } from "@mantine/hooks";
import { type PointerEvent, type ReactNode, useState } from "react";
import classes from "./chart.module.css";
import { marksUpTo } from "./scale.ts";

/** One value for each time; null where nothing was measured. */
export interface Series {
  readonly name: string;
  /** A colour of CSS. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
}

export interface ChartProps {
  /** Bars stand on each other; lines have gaps where nothing was measured. */
  readonly kind: "bars" | "lines";
  readonly series: readonly Series[];
  /** What the values are counted in. */
  readonly unit: string;
  /** RFC 3339, one for each value. */
  readonly times: readonly string[];
  readonly format: (value: number) => string;
  /** Of the axis, where that has to be shorter. */
  readonly formatMark?: (value: number) => string;
  readonly formatTime: (time: string) => string;
  /** How many times there are for each label below the axis. */
  readonly labelEvery: number;
}

/** Until the page says how wide it is, and the least that leaves room for bars. */
const WIDTH = 560;
const MIN_WIDTH = 240;
const HEIGHT = 200;
const LEFT = 56;
const RIGHT = 20;
const TOP = 22;
const BOTTOM = 22;
const PARTS = 4;
const BAR_SHARE = 0.7;
const DOT_PX = 2;

type Places = ReturnType<typeof placesOf>;

/** A chart over time, drawn to scale; the values at the pointer stand below it. The table has all of them. */
export const Chart = ({
  kind,
  series,
  unit,
  times,
  format,
  formatMark = format,
  formatTime,
  labelEvery,
}: ChartProps): ReactNode => {
  const [at, setAt] = useState<number | null>(null);
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const width = measured === 0 ? WIDTH : Math.max(MIN_WIDTH, measured);
  const places = placesOf(kind, series, times.length, width);
  const point = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>) => {
    const shown = currentTarget.getBoundingClientRect();
    setAt(places.indexAt(((clientX - shown.left) / shown.width) * width));
  };
  return (
    <div className={classes.chart} ref={ref}>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        height={HEIGHT}
        aria-hidden
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
      >
        <text className={classes.axis} x={LEFT} y={11}>
          {unit}
        </text>
        {places.marks.map((mark) => (
          <g key={mark}>
            <line
              className={classes.grid}
              x1={LEFT}
              x2={width - RIGHT}
              y1={places.y(mark)}
              y2={places.y(mark)}
            />
            <text className={classes.axis} x={LEFT - 6} y={places.y(mark) + 4} textAnchor="end">
              {formatMark(mark)}
            </text>
          </g>
        ))}
        {times.map((time, index) =>
          (index + 1) % labelEvery === 0 ? (
            <text key={time} className={classes.axis} x={places.x(index)} y={HEIGHT - 6} textAnchor="middle">
              {formatTime(time)}
            </text>
          ) : null,
        )}
        {kind === "bars" ? (
          <Bars series={series} places={places} />
        ) : (
          <Lines series={series} places={places} />
        )}
        {at !== null && (
          <line
            className={classes.pointer}
            x1={places.x(at)}
            x2={places.x(at)}
            y1={TOP}
            y2={HEIGHT - BOTTOM}
          />
        )}
      </svg>
      <div className={classes.keys}>
        {series.map(({ name, color, values }) => (
          <span key={name}>
            <i style={{ background: color }} />
            {name}
            {at !== null && <b>{valueText(values[at] ?? null, format)}</b>}
          </span>
        ))}
        {at !== null && <span>{formatTime(times[at] ?? "")}</span>}
      </div>
    </div>
  );
};

const valueText = (value: number | null, format: (value: number) => string): string =>
  value === null ? "–" : format(value);

const placesOf = (kind: ChartProps["kind"], series: readonly Series[], count: number, width: number) => {
  const at = (index: number) => series.map(({ values }) => values[index] ?? 0);
  const heights = Array.from({ length: count }, (_, index) =>
    kind === "bars" ? at(index).reduce((sum, value) => sum + value, 0) : Math.max(0, ...at(index)),
  );
  const marks = marksUpTo(Math.max(0, ...heights), PARTS);
  const top = marks.at(-1) ?? 1;
  const step = (width - LEFT - RIGHT) / count;
  return {
    marks,
    step,
    x: (index: number) => LEFT + (index + 0.5) * step,
    y: (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM),
    indexAt: (x: number) => Math.max(0, Math.min(count - 1, Math.floor((x - LEFT) / step))),
  };
};

const Bars = ({
  series,
  places,
}: {
  readonly series: readonly Series[];
  readonly places: Places;
}): ReactNode => {
  const width = places.step * BAR_SHARE;
  return series.map(({ name, color, values }, order) => {
    const below = (index: number) =>
      series.slice(0, order).reduce((sum, one) => sum + (one.values[index] ?? 0), 0);
    const bar = (value: number | null, index: number) => {
      if (value === null || value <= 0) return "";
      const [foot, head] = [places.y(below(index)), places.y(below(index) + value)];
      return `M${places.x(index) - width / 2},${foot}V${head}h${width}V${foot}z`;
    };
    return <path key={name} d={values.map(bar).join("")} fill={color} />;
  });
};

const Lines = ({
  series,
  places,
}: {
  readonly series: readonly Series[];
  readonly places: Places;
}): ReactNode =>
  series.map(({ name, color, values, dashed }) => {
    const isThere = (index: number) => typeof values[index] === "number";
    const point = (value: number | null, index: number) =>
      value === null ? "" : `${isThere(index - 1) ? "L" : "M"}${places.x(index)},${places.y(value)}`;
    // A minute on its own has no line: it is a dot.
    const dot = (value: number | null, index: number) =>
      value === null
        ? ""
        : `M${places.x(index) - DOT_PX},${places.y(value)}a${DOT_PX},${DOT_PX} 0 1,0 ${2 * DOT_PX},0a${DOT_PX},${DOT_PX} 0 1,0 ${-2 * DOT_PX},0`;
    return (
      <g key={name}>
        <path
          className={classes.line}
          d={values.map(point).join("")}
          stroke={color}
          strokeDasharray={dashed === true ? "5 3" : undefined}
        />
        <path d={values.map(dot).join("")} fill={color} />
      </g>
    );
  });
