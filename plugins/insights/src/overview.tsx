import { type PluginMetrics, useView } from "@patchbay/sdk/ui";
import { type ReactNode, useState } from "react";
import { Chart } from "./chart.tsx";
import { type Hour, hourOf, slowest, sumOf, total } from "./hour.ts";
import { Spark } from "./spark.tsx";
import type { Metrics } from "./use-metrics.ts";
import { durationsOf, numbersOf, wordsOf } from "./words.ts";

const CALLS = "var(--pb-accent)";
const ERRORS = "var(--pb-danger)";
const MEDIAN = "var(--pb-success)";
const P95 = "var(--pb-warning)";

/** The page: all plugins together or one of them as charts, and all of them in a table. */
export const Overview = ({ plugins = [], now }: Metrics): ReactNode => {
  const { locale } = useView();
  const words = wordsOf(locale);
  const [chosen, setChosen] = useState<string | null>(null);
  const used = plugins.filter(({ minutes }) => total(minutes, "calls") > 0);
  const one = used.find(({ plugin }) => plugin === chosen);
  const hour = one === undefined ? sumOf(used, now) : hourOf(one.minutes, now);
  return (
    <main aria-label={words.title}>
      <p className="muted">{words.lastHour}</p>
      <Figures hour={hour} locale={locale} />
      <h2>{one?.name ?? words.all}</h2>
      <Charts hour={hour} name={one?.name ?? words.all} locale={locale} />
      {used.length === 0 ? (
        <p className="muted">{words.none}</p>
      ) : (
        <Plugins plugins={used} now={now} locale={locale} chosen={one?.plugin ?? null} choose={setChosen} />
      )}
    </main>
  );
};

/** What matters most, in numbers. */
export const Figures = ({ hour, locale }: { readonly hour: Hour; readonly locale: string }): ReactNode => {
  const words = wordsOf(locale);
  const [numbers, durations] = [numbersOf(locale), durationsOf(locale)];
  const figures = [
    [words.calls, numbers(total(hour, "calls"))],
    [words.errors, numbers(total(hour, "errors"))],
    [words.slowest, durations(slowest(hour))],
  ];
  return (
    <dl className="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};

interface ChartsProps {
  readonly hour: Hour;
  readonly name: string;
  readonly locale: string;
}

const Charts = ({ hour, name, locale }: ChartsProps): ReactNode => {
  const words = wordsOf(locale);
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const common = {
    times: hour.map(({ at }) => at),
    formatTime: (at: string) => (at === "" ? "" : time.format(new Date(at))),
  };
  const calls = { name: words.calls, color: CALLS, bars: true, values: hour.map((minute) => minute.calls) };
  const errors = {
    name: words.errors,
    color: ERRORS,
    bars: true,
    values: hour.map((minute) => minute.errors),
  };
  const median = { name: "p50", color: MEDIAN, values: hour.map(({ p50Ms }) => p50Ms) };
  const p95 = { name: "p95", color: P95, values: hour.map(({ p95Ms }) => p95Ms) };
  return (
    <div className="charts">
      <Chart
        {...common}
        label={words.chartOf(words.calls, name)}
        series={[calls, errors]}
        format={numbersOf(locale)}
      />
      <Chart
        {...common}
        label={words.chartOf(words.duration, name)}
        series={[median, p95]}
        format={durationsOf(locale)}
      />
    </div>
  );
};

interface PluginsProps {
  readonly plugins: readonly PluginMetrics[];
  readonly now: number;
  readonly locale: string;
  readonly chosen: string | null;
  choose(plugin: string | null): void;
}

const Plugins = ({ plugins, now, locale, chosen, choose }: PluginsProps): ReactNode => {
  const words = wordsOf(locale);
  const [numbers, durations] = [numbersOf(locale), durationsOf(locale)];
  const busiest = [...plugins].sort((a, b) => total(b.minutes, "calls") - total(a.minutes, "calls"));
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.plugin}</th>
            <th scope="col">{words.trend}</th>
            <th scope="col" className="number">
              {words.calls}
            </th>
            <th scope="col" className="number">
              {words.errors}
            </th>
            <th scope="col" className="number">
              {words.slowest}
            </th>
          </tr>
        </thead>
        <tbody>
          {busiest.map(({ plugin, name, minutes }) => (
            <tr key={plugin} aria-current={plugin === chosen || undefined}>
              <td>
                <button
                  type="button"
                  aria-pressed={plugin === chosen}
                  title={words.choose(name)}
                  onClick={() => choose(plugin === chosen ? null : plugin)}
                >
                  {name}
                </button>
              </td>
              <td>
                <Spark values={hourOf(minutes, now).map(({ calls }) => calls)} />
              </td>
              <td className="number">{numbers(total(minutes, "calls"))}</td>
              <td className={total(minutes, "errors") > 0 ? "number bad" : "number"}>
                {numbers(total(minutes, "errors"))}
              </td>
              <td className="number">{durations(slowest(minutes))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
