/* Where the parts of a chart lie: the panes from the top, and what the legends cover of them. */
import { type RefObject, useEffect } from "react";
import type { Drawing } from "./drawing";
import type { Pane } from "./model";

const idsOf = (panes: readonly Pane[]): string => panes.map(({ id }) => id).join(" ");

/** Tells where the panes begin, whenever one of them gets another height. */
export function usePaneTops(
    host: RefObject<HTMLElement>,
    drawing: RefObject<Drawing>,
    panes: readonly Pane[],
    setTops: (tops: readonly number[]) => void,
): void {
    const ids = idsOf(panes);
    useEffect(() => {
        const place = (): void => {
            const element = host.current;
            if (!element || !drawing.current) return;
            const start = element.getBoundingClientRect().top;
            setTops(drawing.current.paneElements().map((pane) => (pane?.getBoundingClientRect().top ?? start) - start));
        };
        const observer = new ResizeObserver(place);
        // The library makes the elements of new panes in its next frame.
        const frame = requestAnimationFrame(() =>
            drawing.current?.paneElements().forEach((pane) => pane && observer.observe(pane)),
        );
        return () => {
            cancelAnimationFrame(frame);
            observer.disconnect();
        };
    }, [host, drawing, ids, setTops]);
}

/** Between a pane's top and its legend, and between the legend and the curves. */
const gap = 4;

/**
 * Tells how far down the legends reach, by pane. While a chart keeps its width they only grow: a figure that wraps under
 * the pointer moves the curves once, and not there and back.
 */
export function useLegendHeights(
    chart: RefObject<HTMLElement>,
    panes: readonly Pane[],
    tops: readonly number[],
    reserve: (heights: ReadonlyMap<string, number>) => void,
): void {
    // With a line less a legend may be lower for good.
    const ids = panes.map(({ id, series }) => `${id} ${series.length}`).join(" ");
    useEffect(() => {
        const root = chart.current;
        if (!root) return;
        let heights = new Map<string, number>();
        let width = root.clientWidth;
        const legends = [...root.querySelectorAll<HTMLElement>("[data-legend]")];
        const observer = new ResizeObserver(() => {
            if (root.clientWidth !== width) heights = new Map();
            width = root.clientWidth;
            let hasGrown = false;
            for (const legend of legends) {
                const id = legend.dataset["legend"]!;
                const height = legend.offsetHeight + 2 * gap;
                if (height <= (heights.get(id) ?? 0)) continue;
                heights.set(id, height);
                hasGrown = true;
            }
            if (hasGrown) reserve(new Map(heights));
        });
        legends.forEach((legend) => observer.observe(legend));
        return () => observer.disconnect();
        // Legends of lower panes are there once it is known where those begin.
    }, [chart, ids, tops.length, reserve]);
}
