/* The chart as a part of a page: the element, the legend, the keyboard. */
import {
    type KeyboardEvent,
    useEffect,
    useId,
    useImperativeHandle,
    useMemo,
    useRef,
    useState,
    forwardRef,
} from "react";
import type { Bars, Interval } from "../../lib/bars";
import { firstIndexAtOrAfter } from "../../lib/bars";
import { type ChartView, rangeStart } from "../../lib/chart-view";
import { decimal } from "../../lib/format";
import { writtenTime } from "../../lib/time";
import { useLook } from "../preferences";
import { TradingViewMark } from "../icons";
import { HoveredBar, Legend } from "./legend";
import { barsIn, type Line, PriceChart, type Window } from "./price-chart";

export interface ChartHandle {
    pan(part: number): void;
    zoom(factor: number): void;
}

interface Props {
    readonly symbol: string;
    readonly bars: Bars;
    readonly lines: readonly Line[];
    readonly view: ChartView;
    readonly digits: number;
    /** The reader has moved by hand: indexes of the first and last bar that are shown now. */
    readonly onMoved: (from: number, to: number) => void;
    /** The oldest bars are nearly in view. */
    readonly onNearStart: () => void;
}

/** Bars before the left edge at which older ones are asked for. */
const nearStart = 100;
const pauseAfterMoving = 400;

export const ChartCanvas = forwardRef<ChartHandle, Props>(function ChartCanvas(props, handle) {
    const { symbol, bars, lines, view, digits } = props;
    const host = useRef<HTMLDivElement>(null);
    const chart = useRef<PriceChart | null>(null);
    const latest = useRef(props);
    const hovered = useMemo(() => new HoveredBar(), []);
    const [paneTop, setPaneTop] = useState<number | null>(null);
    const [spoken, setSpoken] = useState("");
    const look = useLook();
    const instructions = useId();

    useEffect(() => {
        latest.current = props;
    });

    const placePane = (): void => {
        const hasPane = latest.current.lines.some(({ overlay }) => overlay.type === "rsi");
        setPaneTop(hasPane ? (chart.current?.paneTop(1) ?? null) : null);
    };
    useEffect(() => {
        const element = host.current;
        if (!element) return;
        const { bars: first, view: shown } = latest.current;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const moved = (window: Window, isByHand: boolean): void => {
            if (window.from < nearStart) latest.current.onNearStart();
            if (!isByHand) return;
            clearTimeout(timer);
            const [from, to] = barsIn(window, latest.current.bars.time.length);
            timer = setTimeout(() => latest.current.onMoved(from, to), pauseAfterMoving);
        };
        const events = { hover: (index: number | null) => hovered.set(index), move: moved };
        const made = new PriceChart(element, first, shown.interval, latest.current.digits, events);
        chart.current = made;
        return () => {
            clearTimeout(timer);
            chart.current = null;
            made.remove();
        };
    }, [hovered]);

    useEffect(() => chart.current?.setBars(bars), [bars]);
    useEffect(() => {
        chart.current?.setLines(lines);
        // The library lays panes out in its next frame.
        const frame = requestAnimationFrame(placePane);
        return () => cancelAnimationFrame(frame);
    }, [lines]);
    useEffect(() => chart.current?.setLog(view.isLog), [view.isLog]);
    useEffect(() => chart.current?.paint(), [look]);
    const show = (): void => {
        const [from, to] = shownIndexes(bars, view);
        const visible = chart.current?.window();
        // What the reader just moved to by hand is already on the screen, to the pixel.
        const [first, last] = visible ? barsIn(visible, bars.time.length) : [];
        const isThere = view.span !== null && first === from && last === to;
        if (!isThere && to > from) chart.current?.show(from, to);
    };
    useEffect(show, [view.range, view.span?.from, view.span?.to]);
    useEffect(() => {
        if (!chart.current?.isMovedByHand) show();
    }, [bars]);

    useEffect(() => {
        const element = host.current;
        if (!element) return;
        const observer = new ResizeObserver(() => requestAnimationFrame(placePane));
        observer.observe(element);
        element.addEventListener("pointerup", placePane);
        return () => {
            observer.disconnect();
            element.removeEventListener("pointerup", placePane);
        };
    }, []);

    useImperativeHandle(handle, () => ({
        pan: (part) => chart.current?.pan(part),
        zoom: (factor) => chart.current?.zoom(factor),
    }));

    const speak = (index: number): void => {
        const figures = [bars.open, bars.high, bars.low, bars.close].map((column) => decimal(column[index]!, digits));
        const [open, high, low, close] = figures;
        setSpoken(
            `${writtenTime(bars.time[index]!, view.interval)}: open ${open}, high ${high}, low ${low}, close ${close}`,
        );
    };
    const press = (event: KeyboardEvent): void => {
        const newest = bars.time.length - 1;
        const step = (count: number): void => {
            const index = Math.max(0, Math.min((hovered.value() ?? newest + (count < 0 ? 1 : 0)) + count, newest));
            chart.current?.point(index);
            speak(index);
        };
        const actions: Record<string, () => void> = {
            ArrowLeft: () => (event.shiftKey ? chart.current?.pan(-0.25) : step(-1)),
            ArrowRight: () => (event.shiftKey ? chart.current?.pan(0.25) : step(1)),
            "+": () => chart.current?.zoom(0.7),
            "=": () => chart.current?.zoom(0.7),
            "-": () => chart.current?.zoom(1.4),
            Escape: () => {
                chart.current?.point(null);
                hovered.set(null);
            },
        };
        const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
        if (!action) return;
        event.preventDefault();
        action();
    };

    return (
        <div className="chart" data-testid="chart" data-bars={bars.time.length} data-lines={lines.length}>
            <div
                ref={host}
                className="chart-canvas"
                role="group"
                aria-roledescription="price chart"
                aria-label={`${symbol}, ${intervalName(view.interval)} candles with volume`}
                aria-describedby={instructions}
                tabIndex={0}
                onKeyDown={press}
            />
            <p id={instructions} className="visually-hidden">
                Left and right arrow read one bar, with Shift they move the chart; plus and minus zoom. The table below
                the chart has the same figures.
            </p>
            <p role="status" className="visually-hidden">
                {spoken}
            </p>
            <Legend {...{ symbol, bars, lines, digits, hovered, paneTop }} interval={view.interval} />
            <a
                className="chart-mark"
                href="https://www.tradingview.com/"
                target="_blank"
                rel="noreferrer"
                title="Charts by TradingView"
                aria-label="Charts by TradingView (opens a new tab)"
            >
                <TradingViewMark />
            </a>
        </div>
    );
});

const intervalName = (interval: Interval): string => (interval === "1d" ? "daily" : "hourly");

/** Indexes of the first and last bar that the address asks for, among the bars that are here. */
export function shownIndexes(bars: Bars, view: ChartView): [number, number] {
    const newest = bars.time.length - 1;
    if (view.span) {
        const from = firstIndexAtOrAfter(bars.time, view.span.from);
        return [Math.min(from, newest), Math.min(firstIndexAtOrAfter(bars.time, view.span.to), newest)];
    }
    return [firstIndexAtOrAfter(bars.time, rangeStart(view.range, bars.time[newest] ?? 0)), newest];
}
