/* Buys, sells and notes on a chart: an arrow below or above the bar, with words while there is room for them. */
import { barsOf, blockCount, blockOf, type Detail } from "../../lib/detail";
import type { Window } from "../../lib/viewport";
import * as library from "./library";
import type { Look } from "./look";
import type { Marker, Pane } from "./model";

/** Pixels that a letter of a marker's words takes, and those between two of them. */
const letter = 6.4;
const between = 8;
/** Below this many pixels from one marker to the next, all are small. */
const crowded = 12;

interface Plugin {
    readonly series: library.Series;
    readonly api: library.Markers;
}

interface Shown {
    readonly times: readonly number[];
    readonly panes: readonly Pane[];
    readonly markers: readonly Marker[];
}

export class DrawnMarkers {
    private readonly plugins = new Map<string, Plugin>();
    private shown: Shown = { times: [], panes: [], markers: [] };
    private ordered: readonly Marker[] = [];
    private detail: Detail = { step: 1, from: 0, to: 0 };
    /** Pixels from one bar to the next. */
    private spacing = 0;

    constructor(private readonly look: () => Look) {}

    /** Draws the markers of the bars that are drawn. */
    update(shown: Shown, detail: Detail, seriesOf: (pane: string) => library.Series | undefined): void {
        const isSame =
            shown.markers === this.shown.markers && shown.times === this.shown.times && detail === this.detail;
        if (shown.markers !== this.shown.markers) {
            this.ordered = [...shown.markers].sort((left, right) => left.index - right.index);
        }
        this.shown = shown;
        this.detail = detail;
        let isNew = false;
        const mainPane = shown.panes[0]?.id ?? "";
        const used = new Set(shown.markers.map(({ pane }) => pane ?? mainPane));
        for (const pane of new Set([...this.plugins.keys(), ...used])) {
            const plugin = this.plugins.get(pane);
            const series = used.has(pane) ? seriesOf(pane) : undefined;
            if (plugin?.series === series) continue;
            // Gone with its series, unless the series is still there.
            if (plugin && !series && seriesOf(pane) === plugin.series) plugin.api.detach();
            this.plugins.delete(pane);
            if (!series) continue;
            this.plugins.set(pane, { series, api: library.createSeriesMarkers(series, []) });
            isNew = true;
        }
        if (isNew || !isSame) this.paint();
    }

    /** Words stand where there is room for them, and marks are smaller in a crowd. Moving sideways changes neither. */
    fit({ from, to }: Window, width: number): void {
        const spacing = width / (to - from);
        if (this.ordered.length === 0 || Math.abs(spacing - this.spacing) < this.spacing * 0.05) return;
        this.spacing = spacing;
        this.paint();
    }

    paint(): void {
        const mainPane = this.shown.panes[0]?.id;
        for (const [pane, { api }] of this.plugins) {
            const own = this.drawn(this.ordered.filter((one) => (one.pane ?? mainPane) === pane));
            const bars = own.length < 2 ? Infinity : (own[own.length - 1]!.index - own[0]!.index) / (own.length - 1);
            const size = bars * this.spacing < crowded ? 0.6 : 1.1;
            const ends: Record<string, number> = {};
            api.setMarkers(
                own.map((marker) => {
                    // Above and below are two lines of words: in each, none begins before the last one has ended.
                    const line = marker.side === "buy" ? "below" : "above";
                    const half = (marker.text.length * letter) / 2;
                    const middle = marker.index * this.spacing;
                    const hasRoom = middle - half >= (ends[line] ?? -Infinity);
                    if (hasRoom) ends[line] = middle + half + between;
                    return this.point(marker, size, hasRoom);
                }),
            );
        }
    }

    /** One of each side for every block: more would lie on each other. */
    private drawn(markers: readonly Marker[]): Marker[] {
        const last: Partial<Record<Marker["side"], number>> = {};
        return markers.filter(({ index, side }) => {
            const block = blockOf(this.detail, index);
            const isOne = block >= 0 && block < blockCount(this.detail) && last[side] !== block;
            if (isOne) last[side] = block;
            return isOne;
        });
    }

    private point({ index, side, text }: Marker, size: number, hasWords: boolean): library.MarkerPoint {
        const { buy, sell, ink } = this.look();
        const form = {
            buy: { position: "belowBar", shape: "arrowUp", color: buy },
            sell: { position: "aboveBar", shape: "arrowDown", color: sell },
            note: { position: "aboveBar", shape: "circle", color: ink },
        } as const;
        return {
            time: this.shown.times[barsOf(this.detail, blockOf(this.detail, index))[0]]!,
            ...form[side],
            size,
            ...(hasWords && { text }),
        };
    }
}
