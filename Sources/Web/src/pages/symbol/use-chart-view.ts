import { useCallback, useMemo } from "react";
import type { Interval } from "../../lib/bars";
import { type ChartView, formatView, parseView } from "../../lib/chart-view";
import { navigate, useQuery } from "../../ui/navigation";

export type ChangeView = (change: Partial<ChartView>, options?: { replace: boolean }) => void;

/** The chart's settings, which live in the address, and a way to change some of them. */
export function useChartView(intervals: readonly Interval[]): [ChartView, ChangeView] {
    const query = useQuery();
    const view = useMemo(() => parseView(new URLSearchParams(query), intervals), [query, intervals]);
    const change = useCallback<ChangeView>(
        (part, options) => {
            // Read again from the address: two changes in one tick must both count.
            const current = parseView(new URLSearchParams(location.search), intervals);
            navigate(location.pathname + formatView({ ...current, ...part }, intervals), options);
        },
        [intervals],
    );
    return [view, change];
}
