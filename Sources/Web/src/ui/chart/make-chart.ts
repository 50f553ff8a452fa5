/* The library's chart, set up for all of ours: everything about it that no page and no theme changes. */
import type { Interval } from "../../lib/bars";
import { axisTime, writtenTime } from "../../lib/time";
import * as library from "./library";

/** Pixels that the axis of values takes at least. */
export const axisWidth = 64;

/** Of the library's kinds of marks on the axis: years and months come before, hours behind. */
const kindOfDays = 2;

const fontFamily = "Inter, system-ui, sans-serif";

export function makeChart(host: HTMLElement, interval: Interval): library.Chart {
    const chart = library.createChart(host, {
        autoSize: true,
        layout: {
            // The library's own mark brings an inline style sheet, which the content policy refuses: the chart shows
            // the mark itself.
            attributionLogo: false,
            background: { type: "solid", color: "transparent" },
            fontFamily,
            fontSize: 12,
        },
        localization: { locale: "en-US", timeFormatter: (time: number) => writtenTime(time, interval) },
        crosshair: { mode: 0 },
        // A finger that moves up or down scrolls the page, not the chart.
        handleScroll: { vertTouchDrag: false },
        rightPriceScale: { minimumWidth: axisWidth, borderVisible: false, entireTextOnly: true },
        timeScale: {
            // All bars fit, whatever the width: the viewport says how few may be in view.
            minBarSpacing: 0.001,
            secondsVisible: false,
            timeVisible: interval === "1h",
            // Hours by the reader's clock. Months and years, and the days of daily bars, are those of UTC.
            tickMarkFormatter: (time: number, kind: number) =>
                kind < kindOfDays || interval === "1d" ? null : axisTime(time, kind === kindOfDays),
        },
    });
    // Text measured with a fallback font would leave the axis too narrow once Inter is there.
    if (!document.fonts.check("12px Inter")) {
        void document.fonts.load("12px Inter").then(() => {
            if (host.isConnected) chart.applyOptions({ layout: { fontFamily: `${fontFamily} ` } });
        });
    }
    return chart;
}
