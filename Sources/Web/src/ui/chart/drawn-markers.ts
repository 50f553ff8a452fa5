/* Buys, sells and notes on a chart: an arrow below or above the bar, with words while there is room for them. */
import type { Window } from "../../lib/viewport";
import * as library from "./library";
import type { Look } from "./look";
import type { Marker, Pane } from "./model";

/** With more markers than this in view their words would lie on each other. */
const mostWithWords = 36;
const mostLarge = 200;

type Detail = "words" | "large" | "small";

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
    private first = 0;
    private detail: Detail = "words";

    constructor(private readonly look: () => Look) {}

    /** Draws the markers of bars from index `first` on. */
    update(shown: Shown, first: number, seriesOf: (pane: string) => library.Series | undefined): void {
        const isSame =
            shown.markers === this.shown.markers && shown.times === this.shown.times && first === this.first;
        if (shown.markers !== this.shown.markers) {
            this.ordered = [...shown.markers].sort((left, right) => left.index - right.index);
        }
        this.shown = shown;
        this.first = first;
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

    /** Fewer words and smaller marks the more of them are in view. */
    thin(window: Window): void {
        if (this.ordered.length === 0) return;
        const inView = this.before(window.to + 1) - this.before(window.from);
        const detail = inView <= mostWithWords ? "words" : inView <= mostLarge ? "large" : "small";
        if (detail === this.detail) return;
        this.detail = detail;
        this.paint();
    }

    paint(): void {
        const mainPane = this.shown.panes[0]?.id;
        for (const [pane, { api }] of this.plugins) {
            api.setMarkers(
                this.ordered
                    .filter((marker) => (marker.pane ?? mainPane) === pane && this.isDrawn(marker))
                    .map((marker) => this.point(marker)),
            );
        }
    }

    private isDrawn({ index }: Marker): boolean {
        return index >= this.first && index < this.shown.times.length;
    }

    private point({ index, side, text }: Marker): library.MarkerPoint {
        const { buy, sell, ink } = this.look();
        const form = {
            buy: { position: "belowBar", shape: "arrowUp", color: buy },
            sell: { position: "aboveBar", shape: "arrowDown", color: sell },
            note: { position: "aboveBar", shape: "circle", color: ink },
        } as const;
        return {
            time: this.shown.times[index]!,
            ...form[side],
            size: this.detail === "small" ? 0.6 : 1.1,
            ...(this.detail === "words" && { text }),
        };
    }

    /** How many markers lie before an index. */
    private before(index: number): number {
        let low = 0;
        let high = this.ordered.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.ordered[middle]!.index < index) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
