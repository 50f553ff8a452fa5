import type { ReactNode } from "react";
import type { Interval } from "../../lib/bars";
import { type ChartView, defaultRange, ranges } from "../../lib/chart-view";
import type { ChangeView } from "./use-chart-view";

interface Props {
    readonly intervals: readonly Interval[];
    readonly view: ChartView;
    readonly change: ChangeView;
}

const rangeNames = {
    "1M": "1 month",
    "3M": "3 months",
    "6M": "6 months",
    "1Y": "1 year",
    "5Y": "5 years",
    All: "All bars",
};
const intervalNames = { "1d": "1 day", "1h": "1 hour" };

export function ChartToolbar({ intervals, view, change }: Props): JSX.Element {
    return (
        <div className="toolbar">
            <Segment label="Interval">
                {intervals.map((interval) => (
                    <button
                        key={interval}
                        type="button"
                        aria-label={intervalNames[interval]}
                        aria-pressed={view.interval === interval}
                        onClick={() => change({ interval, range: defaultRange(interval), span: null, page: 1 })}
                    >
                        {interval}
                    </button>
                ))}
            </Segment>
            <Segment label="Range">
                {ranges.map((range) => (
                    <button
                        key={range}
                        type="button"
                        aria-label={rangeNames[range]}
                        aria-pressed={view.span === null && view.range === range}
                        onClick={() => change({ range, span: null })}
                    >
                        {range}
                    </button>
                ))}
            </Segment>
            <Segment label="Price scale">
                <button type="button" aria-pressed={view.isLog} onClick={() => change({ isLog: !view.isLog })}>
                    Log
                </button>
            </Segment>
        </div>
    );
}

const Segment = ({ label, children }: { label: string; children: ReactNode }): JSX.Element => (
    <div className="segment" role="group" aria-label={label}>
        {children}
    </div>
);
