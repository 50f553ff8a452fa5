import type { ReactNode } from "react";
import type { Interval } from "../../lib/bars";
import { type ChartView, type RangeName, ranges } from "../../lib/chart-view";
import { timeframeNames } from "../../lib/kinds";
import { DownloadIcon } from "../../ui/icons";
import { IconButton } from "../../ui/parts";
import type { ChangeView } from "./use-chart-view";

interface Props {
    readonly intervals: readonly Interval[];
    readonly view: ChartView;
    readonly change: ChangeView;
    /** The range that is on the screen; null while the reader has moved away, or its bars could not all be read. */
    readonly range: RangeName | null;
    readonly savePicture: () => void;
    /** What else stands in the bar. */
    readonly children: ReactNode;
}

const rangeNames = {
    "1M": "1 month",
    "3M": "3 months",
    "6M": "6 months",
    "1Y": "1 year",
    "5Y": "5 years",
    All: "All bars",
};

export function ChartToolbar({ intervals, view, change, range, savePicture, children }: Props): JSX.Element {
    return (
        <div className="toolbar">
            <div className="toolbar-view">
                <Segment label="Interval">
                    {intervals.map((interval) => (
                        <button
                            key={interval}
                            type="button"
                            // As short as the ranges beside it: a phone has room for no more.
                            aria-label={timeframeNames[interval]}
                            aria-pressed={view.interval === interval}
                            // The range is as good for the other bars: the same time stays in view.
                            onClick={() => change({ interval, page: 1 })}
                        >
                            {interval}
                        </button>
                    ))}
                </Segment>
                <Segment label="Range">
                    {ranges.map((name) => (
                        <button
                            key={name}
                            type="button"
                            aria-label={rangeNames[name]}
                            aria-pressed={range === name}
                            onClick={() => change({ range: name, span: null })}
                        >
                            {name}
                        </button>
                    ))}
                </Segment>
                <Segment label="Price scale">
                    <button type="button" aria-pressed={view.isLog} onClick={() => change({ isLog: !view.isLog })}>
                        Log
                    </button>
                </Segment>
                <IconButton label="Save image" onClick={savePicture}>
                    <DownloadIcon />
                </IconButton>
            </div>
            {children}
        </div>
    );
}

const Segment = ({ label, children }: { label: string; children: ReactNode }): JSX.Element => (
    <div className="segment" role="group" aria-label={label}>
        {children}
    </div>
);
