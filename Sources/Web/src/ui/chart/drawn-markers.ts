/* Buys, sells and notes on a chart: an arrow below or above the bar, with words while there is room for them. */
import { barsOf, blockCount, blockOf, type Detail } from "../../lib/detail";
import { isCut, type View, worded } from "../../lib/marker-words";
import type { Window } from "../../lib/viewport";
import * as library from "./library";
import type { Look } from "./look";
import { axisWidth } from "./make-chart";
import type { Marker, Pane } from "./model";

/** Below this many pixels from one marker to the next, all are small and without words. */
const crowded = 12;
/** Below this they would hide the bars: none is drawn, and the reader is told. */
const tooMany = 4;

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
    private view: View = { from: 0, spacing: 0, width: 0 };
    /** Which markers an edge would cut through the words of. */
    private cut = "";

    private isHidden = false;

    /** `hide`: whether there are too many to be drawn has changed. */
    constructor(
        private readonly look: () => Look,
        private readonly hide: (isHidden: boolean) => void,
    ) {}

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

    /** Words stand where there is room for them, and marks are smaller in a crowd: most moves change neither. */
    fit({ from, to }: Window, hostWidth: number): void {
        if (this.ordered.length === 0) return;
        const width = Math.max(1, hostWidth - axisWidth);
        const spacing = width / (to - from);
        const isSame = width === this.view.width && Math.abs(spacing - this.view.spacing) < this.view.spacing * 0.05;
        this.view = { from, spacing: isSame ? this.view.spacing : spacing, width };
        const cut = this.ordered
            .filter((marker) => isCut(marker, this.view))
            .map(({ index }) => index)
            .join();
        if (isSame && cut === this.cut) return;
        this.cut = cut;
        this.paint();
    }

    paint(): void {
        const mainPane = this.shown.panes[0]?.id;
        let isHidden = false;
        for (const [pane, { api }] of this.plugins) {
            const own = this.drawn(this.ordered.filter((one) => (one.pane ?? mainPane) === pane));
            const bars = own.length < 2 ? Infinity : (own[own.length - 1]!.index - own[0]!.index) / (own.length - 1);
            const apart = bars * this.view.spacing;
            if (apart < tooMany) {
                isHidden = true;
                api.setMarkers([]);
                continue;
            }
            const isCrowded = apart < crowded;
            const words = isCrowded ? new Set<Marker>() : worded(own, this.view);
            api.setMarkers(own.map((marker) => this.point(marker, isCrowded ? 0.6 : 1.1, words.has(marker))));
        }
        if (isHidden === this.isHidden) return;
        this.isHidden = isHidden;
        this.hide(isHidden);
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
