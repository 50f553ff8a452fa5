/*
 * A chart as it is drawn: panes of series with markers over one axis of times. React owns the element and says what
 * there is to see; this class keeps the library's picture equal to it, and every movement within the viewport's
 * bounds. Bars are addressed by their index in the times it was last given.
 */
import { type Interval, shiftOf } from "../../lib/bars";
import { barsOf, blockCount, blockOf, type Detail, detailFor, serves, toBars, toBlocks } from "../../lib/detail";
import { Viewport, type Window } from "../../lib/viewport";
import { DrawnSeries, formOf } from "./drawn-series";
import { figureAt } from "./figures";
import * as library from "./library";
import { chartOptions, type Look, readLook } from "./look";
import { makeChart } from "./make-chart";
import { DrawnMarkers } from "./drawn-markers";
import type { Marker, Pane, Series } from "./model";

export interface Content {
    readonly times: readonly number[];
    readonly panes: readonly Pane[];
    readonly markers: readonly Marker[];
}

export interface DrawingEvents {
    /** The bar under the crosshair; null when there is none. */
    readonly hover: (index: number | null) => void;
    /** What is visible has changed. `isByHand` when the reader moved it, not the program. */
    readonly move: (window: Window, isByHand: boolean) => void;
    /** Whether all axes of values scale themselves to what is in view. */
    readonly autoScale: (isAutomatic: boolean) => void;
    /** Whether there are too many markers in view to be drawn. */
    readonly hideMarkers: (isHidden: boolean) => void;
}

/** How long a chart that was let go of keeps still before more of it is drawn: it may roll on. */
const pauseAfterRolling = 120;
/** The part of a pane that its legend takes from the curves at most. */
const maximumCovered = 0.45;
const touches = ["wheel", "pointerdown", "touchstart"] as const;
const releases = ["pointerup", "pointercancel", "dblclick"] as const;

interface Entry {
    readonly drawn: DrawnSeries;
    pane: Pane;
    series: Series;
}

export class Drawing {
    private readonly chart: library.Chart;
    private viewport: Viewport;
    private entries = new Map<string, Entry>();
    private content: Content = { times: [], panes: [], markers: [] };
    private readonly markers: DrawnMarkers;
    private look: Look;
    /** What is drawn of the content. */
    private detail: Detail = detailFor({ from: 0, to: 0 }, 0, 0);
    private rolling: ReturnType<typeof setTimeout> | undefined;
    private legends: ReadonlyMap<string, number> = new Map();
    private isApplying = false;
    private isTouched = false;
    private isPressed = false;
    private isWheel = false;
    private readonly observer: ResizeObserver;

    constructor(
        private readonly host: HTMLElement,
        interval: Interval,
        private readonly events: DrawingEvents,
    ) {
        this.look = readLook(host);
        this.viewport = new Viewport(0);
        this.chart = makeChart(host, interval);
        this.markers = new DrawnMarkers(() => this.look, events.hideMarkers);
        this.chart.subscribeCrosshairMove((move) => this.hovered(move));
        this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => range && this.ranged(range));
        for (const kind of touches) host.addEventListener(kind, this.touched, { passive: true, capture: true });
        // A drag may end outside the chart.
        for (const kind of releases) document.addEventListener(kind, this.released);
        this.observer = new ResizeObserver(() => this.resized());
        this.observer.observe(host);
        this.chart.applyOptions(chartOptions(this.look));
    }

    remove(): void {
        clearTimeout(this.rolling);
        this.observer.disconnect();
        for (const kind of touches) this.host.removeEventListener(kind, this.touched, { capture: true });
        for (const kind of releases) document.removeEventListener(kind, this.released);
        this.entries.clear();
        this.chart.remove();
    }

    /**
     * Draws what has changed. Bars that have come in front or at the end leave the same stretch of time in view,
     * unless other bars are `shown` from now on: said here, nothing is drawn twice.
     */
    update(content: Content, shown?: readonly [number, number]): void {
        const before = this.content;
        this.content = content;
        const { times } = content;
        const hasNewTimes = times !== before.times;
        const shift = hasNewTimes ? shiftOf(before.times, times) : 0;
        if (shift === null) this.viewport = new Viewport(times.length);
        else if (hasNewTimes) this.viewport.resize(times.length, shift);
        if (shown) {
            this.isTouched = false;
            this.viewport.show(...shown);
        }
        if (hasNewTimes) this.detail = this.detailOfGrown(shift);
        this.silently(() => {
            this.arrange(hasNewTimes);
            if (hasNewTimes) this.redraw();
            else this.markers.update(this.content, this.detail, (pane) => this.entryOf(pane)?.drawn.api);
        });
        this.apply();
    }

    /** Reads the colours again, after the theme has changed. */
    paint(): void {
        this.look = readLook(this.host);
        this.chart.applyOptions(chartOptions(this.look));
        this.silently(() => {
            for (const { drawn, series } of this.entries.values()) {
                drawn.paint();
                if (series.kind === "volume") drawn.draw(this.content.times, this.detail);
            }
            this.markers.paint();
        });
        this.apply();
    }

    show(from: number, to: number): void {
        this.isTouched = false;
        this.viewport.show(from, to);
        this.apply();
    }

    visit(from: number, to: number): void {
        this.viewport.visit(from, to);
        this.apply();
    }

    pan(part: number): void {
        this.viewport.pan(part);
        this.apply();
    }

    zoom(factor: number): void {
        this.viewport.zoom(factor);
        this.apply();
    }

    /** Back to what was shown first, with prices scaled to fit. */
    reset(): void {
        this.isTouched = false;
        this.viewport.reset();
        this.scaleToFit();
        this.apply();
    }

    /** Takes back what dragging an axis of values did. */
    scaleToFit(): void {
        for (const { drawn } of this.entries.values()) drawn.api.priceScale().applyOptions({ autoScale: true });
        this.events.autoScale(true);
    }

    /** Puts the crosshair on a bar, scrolling it into view when it is outside. */
    point(index: number | null): void {
        if (index === null || !(index in this.content.times)) {
            this.chart.clearCrosshairPosition();
            this.events.hover(null);
            return;
        }
        this.viewport.reveal(index);
        this.apply();
        for (const { drawn, series } of this.entries.values()) {
            const value = figureAt(series, index);
            if (Number.isNaN(value)) continue;
            const [first] = barsOf(this.detail, blockOf(this.detail, index));
            this.chart.setCrosshairPosition(value, this.content.times[first]!, drawn.api);
            break;
        }
        this.events.hover(index);
    }

    /** The heights of the legends by pane, in pixels from the pane's top. */
    reserve(legends: ReadonlyMap<string, number>): void {
        this.legends = legends;
        this.silently(() => this.scalePanes());
    }

    get isMovedByHand(): boolean {
        return this.viewport.isMovedByHand;
    }

    get window(): Window {
        return this.viewport.window;
    }

    /** The elements of the panes, from the top. They come with the library's next frame. */
    paneElements(): (HTMLElement | null)[] {
        return this.chart.panes().map((pane) => pane.getHTMLElement());
    }

    canvas(): HTMLCanvasElement {
        return this.chart.takeScreenshot(true, false);
    }

    colours(): Look {
        return this.look;
    }

    private entryOf(paneID: string): Entry | undefined {
        for (const entry of this.entries.values()) if (entry.pane.id === paneID) return entry;
        return undefined;
    }

    /** Makes the library's panes and series those of the content, touching only what differs; times are drawn after. */
    private arrange(hasNewTimes: boolean): void {
        const old = this.entries;
        const next = new Map<string, Entry>();
        for (const pane of this.content.panes) {
            pane.series.forEach((series, position) => {
                const key = `${pane.id} ${position} ${formOf(series)}`;
                const found = old.get(key);
                const index = [...next.values(), ...old.values()]
                    .find((entry) => entry.pane.id === pane.id)
                    ?.drawn.api.getPane()
                    .paneIndex();
                const isEmpty = old.size + next.size === 0;
                const entry = found ?? {
                    drawn: new DrawnSeries(
                        this.chart,
                        pane,
                        series,
                        index ?? (isEmpty ? 0 : this.chart.panes().length),
                        () => this.look,
                    ),
                    pane,
                    series,
                };
                old.delete(key);
                next.set(key, entry);
                if (!found || found.pane !== pane || found.series !== series) {
                    entry.drawn.configure(pane, series);
                    if (position === 0) entry.drawn.setGuides(pane.guides ?? []);
                    entry.drawn.paint();
                }
                const isDrawn = hasNewTimes || (found && hasSameData(entry.series, series));
                if (!isDrawn) entry.drawn.draw(this.content.times, this.detail);
                entry.pane = pane;
                entry.series = series;
            });
        }
        for (const { drawn } of old.values()) this.chart.removeSeries(drawn.api);
        this.entries = next;
        this.content.panes.forEach((pane, position) => {
            const drawn = this.entryOf(pane.id)?.drawn.api;
            if (!drawn) return;
            drawn.getPane().moveTo(position);
            drawn.getPane().setStretchFactor(pane.weight);
        });
        this.scalePanes();
    }

    /**
     * Every pane says its own mode, the first pane first: what is set there becomes the library's default for every
     * axis made later, so a pane that said nothing would follow the prices onto their logarithmic scale.
     */
    private scalePanes(): void {
        this.content.panes.forEach((pane) => {
            const scale = [...this.entries.values()].find(
                (entry) => entry.pane.id === pane.id && !isUnderCandles(entry),
            )?.drawn.api.priceScale();
            const hasVolume = pane.series.length > 1 && pane.series.some(({ kind }) => kind === "volume");
            // The highest value stays below the legend, however many lines that takes.
            const height = (this.host.clientHeight * pane.weight) / this.totalWeight();
            const covered = (this.legends.get(pane.id) ?? 0) / Math.max(height, 1);
            scale?.applyOptions({
                mode: pane.scale === "price" && pane.isLog === true ? 1 : 0,
                scaleMargins: {
                    top: Math.max(0.06, Math.min(maximumCovered, covered)),
                    bottom: hasVolume ? 0.2 : 0.06,
                },
            });
        });
    }

    private totalWeight(): number {
        return this.content.panes.reduce((sum, { weight }) => sum + weight, 0);
    }

    /** The same bars as before, moved by those that came in front, while all are there and serve. A finger holds them. */
    private detailOfGrown(shift: number | null): Detail {
        const { length } = this.content.times;
        const { step, from, to } = this.detail;
        const moved = { step, from: from + (shift ?? 0), to: to + (shift ?? 0) };
        const isThere = shift !== null && to > from && moved.to <= length;
        const isKept = isThere && (this.isPressed || this.serves(moved));
        return isKept ? moved : detailFor(this.viewport.window, length, this.host.clientWidth);
    }

    private serves(detail: Detail): boolean {
        return serves(detail, this.viewport.window, this.content.times.length, this.host.clientWidth);
    }

    /** Draws what the window needs, if that is not there. A drag counts from where it began, on what was drawn then. */
    private refine(): void {
        if (this.isPressed || this.serves(this.detail)) return;
        this.detail = detailFor(this.viewport.window, this.content.times.length, this.host.clientWidth);
        this.silently(() => this.redraw());
    }

    /** Shows the viewport's window, and says so. */
    private apply(): void {
        const { window } = this.viewport;
        this.refine();
        this.silently(() =>
            this.chart.timeScale().setVisibleLogicalRange({
                from: toBlocks(this.detail, window.from),
                to: toBlocks(this.detail, window.to),
            }),
        );
        this.moved(this.viewport.isMovedByHand);
    }

    private moved(isByHand: boolean): void {
        const { window } = this.viewport;
        this.markers.fit(window, this.host.clientWidth);
        this.events.move(window, isByHand);
    }

    /** The library tells of ranges in between while it is given data; only the one at the end counts. */
    private silently(work: () => void): void {
        const wasApplying = this.isApplying;
        this.isApplying = true;
        work();
        this.isApplying = wasApplying;
    }

    /** Draws every series anew. */
    private redraw(): void {
        for (const { drawn } of this.entries.values()) drawn.draw(this.content.times, this.detail);
        this.markers.update(this.content, this.detail, (pane) => this.entryOf(pane)?.drawn.api);
    }

    private ranged({ from, to }: library.LogicalRange): void {
        if (this.isApplying || !this.isTouched) return;
        const asked = { from: toBars(this.detail, from), to: toBars(this.detail, to) };
        this.viewport.move(asked);
        const { window } = this.viewport;
        const off = Math.max(Math.abs(window.from - asked.from), Math.abs(window.to - asked.to));
        if (off >= 0.01 * this.detail.step) this.apply();
        else this.moved(true);
        this.refineAtRest();
    }

    /** What was let go of may roll on, which counts from where it began, too. */
    private refineAtRest(): void {
        clearTimeout(this.rolling);
        if (this.isPressed || this.serves(this.detail)) return;
        if (this.isWheel) this.apply();
        else this.rolling = setTimeout(() => this.apply(), pauseAfterRolling);
    }

    private readonly touched = (event: Event): void => {
        this.isTouched = true;
        this.isWheel = event.type === "wheel";
        this.isPressed ||= !this.isWheel;
        // The wheel zooms about the newest bar when it is in view, else about the one under the pointer.
        if (event.type === "wheel") {
            this.chart.timeScale().applyOptions({ rightBarStaysOnScroll: this.viewport.isNewestInView });
        }
    };

    private readonly released = (): void => {
        this.isPressed = false;
        if (!this.isTouched) return;
        this.refineAtRest();
        const isAutomatic = [...this.entries.values()].every(({ drawn }) => drawn.api.priceScale().options().autoScale);
        this.events.autoScale(isAutomatic);
    };

    private resized(): void {
        requestAnimationFrame(() => {
            if (!this.host.isConnected) return;
            this.silently(() => this.scalePanes());
            this.apply();
        });
    }

    private hovered({ logical, point }: library.CrosshairMove): void {
        const isOnBlock = logical !== undefined && point !== undefined && logical >= 0 && logical < blockCount(this.detail);
        this.events.hover(isOnBlock ? barsOf(this.detail, logical)[0] : null);
    }
}

const isUnderCandles = ({ pane, series }: Entry): boolean => series.kind === "volume" && pane.series.length > 1;

const dataOf = (series: Series): unknown => ("bars" in series ? series.bars : series.values);
const hasSameData = (left: Series, right: Series): boolean => dataOf(left) === dataOf(right);
