import type { RunnerPerformance } from "api-types";
import { useMemo } from "react";
import { runnerCurve } from "../../lib/trading/runner-curve";
import { insideInWords, runnerName } from "../../lib/trading/runner-words";
import { Chart, type Pane, type Series } from "../../ui/chart/chart";
import { Card, Notice } from "../../ui/parts";

/** Its equity, the backtest of the same bars, and the band in which its equity was forecast. */
export function RunnerChart({ performance }: { performance: RunnerPerformance }): JSX.Element {
    const { runner, forecast, trouble } = performance;
    const curve = useMemo(() => runnerCurve(performance), [performance]);
    const panes = useMemo<readonly Pane[]>(() => {
        // Beside thousands cents are noise, and make the axis wider than a phone can spare.
        const digits = Number(runner.capital) >= 1_000 ? 0 : 2;
        const line = (name: string, values: readonly number[], more: Partial<Series> = {}): Series =>
            ({ kind: "line", name, values, colour: "muted", digits, ...more } as Series);
        const { band } = curve;
        return [
            {
                id: "equity",
                label: "",
                weight: 1,
                scale: "price",
                guides: [{ at: Number(runner.capital) }],
                series: [
                    line("Equity", curve.equity, { colour: 4 }),
                    ...(trouble === null ? [line("Backtest", curve.backtest, { colour: 1, isDashed: true })] : []),
                    ...(band
                        ? [
                              line("Forecast 5%", band.low, { isFaint: true }),
                              line("50%", band.middle, { isFaint: true, isDashed: true }),
                              line("95%", band.high, { isFaint: true }),
                          ]
                        : []),
                ],
            },
        ];
    }, [curve, runner.capital, trouble]);
    return (
        <Card title="Equity" className="runner-chart">
            {/* Before its first bar there is nothing to compare. */}
            {trouble !== null && runner.bars > 0 && (
                <Notice tone="warning" title="There is no backtest to compare with.">
                    {trouble}
                </Notice>
            )}
            <Chart
                label={`${runnerName(runner)} on paper: equity, backtest of the same bars and forecast`}
                times={curve.times}
                newest={curve.newest}
                shown={{ from: curve.times[0]!, to: curve.times[curve.end]! }}
                interval={runner.timeframe}
                panes={panes}
            />
            <p className="form-note" data-testid="forecast">
                {forecast === null
                    ? "There is no forecast: too few bars were stored at its start."
                    : `${insideInWords(forecast.barsInside, forecast.bars)} It was made at the start from the version’s past, and is no promise.`}
            </p>
        </Card>
    );
}
