import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { niceTop, ticks } from "./scale.ts";

export interface Series {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly values: readonly number[];
  /** Bars from the axis, else a line. */
  readonly bars?: boolean;
}

export interface ChartProps {
  /** What a screen reader says of the whole. */
  readonly label: string;
  readonly series: readonly Series[];
  /** When each value was measured. */
  readonly times: readonly string[];
  readonly format: (value: number) => string;
  readonly formatTime: (time: string) => string;
}

const WIDTH = 640;
const HEIGHT = 160;
const LEFT = 52;
const RIGHT = 26;
const TOP = 8;
const BOTTOM = 20;
const STEPS = 4;
/** A label each quarter of an hour. */
const TIME_LABEL_EVERY = 15;

/** A chart over time, drawn to scale, read by pointer and by arrow keys. */
export const Chart = ({ label, series, times, format, formatTime }: ChartProps): ReactNode => {
  const [at, setAt] = useState<number | null>(null);
  const box = useRef<SVGSVGElement>(null);
  const top = niceTop(Math.max(0, ...series.flatMap(({ values }) => values)), STEPS);
  const count = times.length;
  const x = (index: number) => LEFT + ((index + 0.5) / count) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const point = (event: PointerEvent) => {
    const rectangle = box.current?.getBoundingClientRect();
    if (rectangle === undefined) return;
    const place = ((event.clientX - rectangle.left) / rectangle.width) * WIDTH - LEFT;
    setAt(clamp(Math.floor((place / (WIDTH - LEFT - RIGHT)) * count), count));
  };
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -count, End: count }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setAt(clamp((at ?? count) + by, count));
  };
  return (
    <figure className="chart">
      <svg
        ref={box}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the values are read with the arrow keys
        tabIndex={0}
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
        onKeyDown={step}
        onBlur={() => setAt(null)}
      >
        {ticks(top, STEPS).map((value) => (
          <g key={value}>
            <line className="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} />
            <text className="axis" x={LEFT - 6} y={y(value) + 4} textAnchor="end">
              {format(value)}
            </text>
          </g>
        ))}
        {times.map((time, index) =>
          index % TIME_LABEL_EVERY === TIME_LABEL_EVERY - 1 ? (
            <text key={time} className="axis" x={x(index)} y={HEIGHT - 4} textAnchor="middle">
              {formatTime(time)}
            </text>
          ) : null,
        )}
        {series.map((one) => (
          <Drawn key={one.name} series={one} x={x} y={y} width={((WIDTH - LEFT - RIGHT) / count) * 0.7} />
        ))}
        {at !== null && <line className="cursor" x1={x(at)} x2={x(at)} y1={TOP} y2={HEIGHT - BOTTOM} />}
      </svg>
      <figcaption aria-live="polite">
        {series.map(({ name, color, values }) => (
          <span key={name} className="key">
            <i style={{ background: color }} aria-hidden="true" />
            {name}
            {at !== null && <b>{format(values[at] ?? 0)}</b>}
          </span>
        ))}
        {at !== null && <span className="muted">{formatTime(times[at] ?? "")}</span>}
      </figcaption>
    </figure>
  );
};

interface DrawnProps {
  readonly series: Series;
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
  readonly width: number;
}

const Drawn = ({ series: { bars, color, values }, x, y, width }: DrawnProps): ReactNode => {
  if (bars !== true) {
    const points = values.map((value, index) => `${x(index)},${y(value)}`).join(" ");
    return <polyline className="line" points={points} stroke={color} />;
  }
  const bar = (value: number, index: number) =>
    value > 0 ? `M${x(index) - width / 2},${y(0)}V${y(value)}h${width}V${y(0)}z` : "";
  return <path d={values.map(bar).join("")} fill={color} />;
};

const clamp = (index: number, count: number): number => Math.max(0, Math.min(count - 1, index));
