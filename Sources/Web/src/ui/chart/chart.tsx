/* The chart as a part of a page: the element, the legends, the buttons, the keyboard. */
import {
    forwardRef,
    type KeyboardEvent,
    type MouseEvent,
    useCallback,
    useEffect,
    useId,
    useImperativeHandle,
    useMemo,
    useRef,
    useState,
} from "react";
import { firstIndexAtOrAfter, type Interval } from "../../lib/bars";
import { writtenTime } from "../../lib/time";
import { barsIn, type Window } from "../../lib/viewport";
import { useCommands } from "../commands";
import { TradingViewMark } from "../icons";
import { useLook } from "../preferences";
import { chartCommands } from "./commands";
import { MoveButtons, panStep, ScaleButtons, zoomStep } from "./controls";
import { Drawing } from "./drawing";
import { HoveredBar, Legend, spokenBar } from "./legend";
import type { ChartHandle, Marker, Pane, ShownSpan } from "./model";
import { picture } from "./picture";
import { useLegendHeights, usePaneTops } from "./places";

export type { ChartHandle, Guide, Marker, Pane, Series, SeriesColour, ShownSpan } from "./model";
export { lineColour } from "./model";

interface Props {
    /** What the chart is of, for who hears it and for its picture: `AAPL, daily candles with volume`. */
    readonly label: string;
    /** Unix seconds, ascending; every column of every series has one value for each. */
    readonly times: readonly number[];
    readonly interval: Interval;
    readonly panes: readonly Pane[];
    readonly markers?: readonly Marker[];
    /** The last bar that has come, where times to come follow it. */
    readonly newest?: number;
    /** What to show; all bars unless given. Shown again when it changes, and as older bars arrive. */
    readonly shown?: ShownSpan | undefined;
    /** The reader has moved the chart and paused: the first and last bar that are shown now; null after a reset. */
    readonly onMoved?: (span: ShownSpan | null) => void;
    /** The oldest bars are nearly in view. */
    readonly onNearStart?: () => void;
    /** A bar was clicked: its index. */
    readonly onPick?: (index: number) => void;
}

/** Bars before the left edge at which older ones are asked for. */
const nearStart = 100;
const pauseAfterMoving = 400;
const everything: ShownSpan = { from: -Infinity, to: Infinity };
const noMarkers: readonly Marker[] = [];

/** Give it a `key` of what it is of: another symbol or interval is another chart. */
export const Chart = forwardRef<ChartHandle, Props>(function Chart(props, handle) {
    const { label, times, interval, panes, markers = noMarkers, newest = times.length - 1, shown = everything } = props;
    const chart = useRef<HTMLDivElement>(null);
    const host = useRef<HTMLDivElement>(null);
    const drawing = useRef<Drawing | null>(null);
    const latest = useRef(props);
    /** What the page was told last: when it comes back as what to show, it is on the screen already, or was. */
    const reported = useRef<ShownSpan | null>(null);
    const drawnTimes = useRef<readonly number[] | null>(null);
    const hovered = useMemo(() => new HoveredBar(), []);
    const legends = useRef<ReadonlyMap<string, number>>(new Map());
    const reserve = useCallback((heights: ReadonlyMap<string, number>): void => {
        legends.current = heights;
        drawing.current?.reserve(heights);
    }, []);
    const [tops, setTops] = useState<readonly number[]>([]);
    const [isAutomatic, setAutomatic] = useState(true);
    const [isHidden, setHidden] = useState(false);
    const [spoken, setSpoken] = useState("");
    const look = useLook();
    const instructions = useId();

    useEffect(() => {
        latest.current = props;
    });

    useEffect(() => {
        const element = host.current;
        if (!element) return;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const moved = (window: Window, isByHand: boolean): void => {
            const { times: known, onMoved, onNearStart } = latest.current;
            if (window.from < nearStart) onNearStart?.();
            clearTimeout(timer);
            const [from, to] = barsIn(window, known.length);
            if (!isByHand || !onMoved || from >= to) return;
            timer = setTimeout(() => {
                reported.current = { from: known[from]!, to: known[to]! };
                onMoved(reported.current);
            }, pauseAfterMoving);
        };
        const made = new Drawing(
            element,
            interval,
            { hover: (index) => hovered.set(index), move: moved, autoScale: setAutomatic, hideMarkers: setHidden },
        );
        made.reserve(legends.current);
        drawing.current = made;
        drawnTimes.current = null;
        return () => {
            clearTimeout(timer);
            setHidden(false);
            drawing.current = null;
            made.remove();
        };
    }, [hovered, interval]);

    const isOwn = shown.from === reported.current?.from && shown.to === reported.current.to;
    useEffect(() => {
        const made = drawing.current;
        if (!made) return;
        const isKept = times === drawnTimes.current || made.isMovedByHand;
        drawnTimes.current = times;
        made.update({ times, panes, markers }, isKept ? undefined : indexesOf(times, shown));
    }, [times, panes, markers, interval]);
    useEffect(() => {
        if (isOwn) return;
        reported.current = null;
        drawing.current?.show(...indexesOf(times, shown));
    }, [shown.from, shown.to, interval]);
    useEffect(() => drawing.current?.paint(), [look]);
    usePaneTops(host, drawing, panes, setTops);
    useLegendHeights(chart, panes, tops, reserve);

    const handles: ChartHandle = {
        show: (from, to) => drawing.current?.visit(from, to),
        pan: (part) => drawing.current?.pan(part),
        zoom: (factor) => drawing.current?.zoom(factor),
        reset: () => {
            drawing.current?.reset();
            reported.current = null;
            props.onMoved?.(null);
        },
        point: (index) => drawing.current?.point(index),
        picture: () => {
            const made = drawing.current;
            if (!made) return Promise.reject(new Error("The chart is not there."));
            const [from, to] = barsIn(made.window, times.length);
            const detail = [from, to].map((index) => writtenTime(times[index]!, interval)).join(" to ");
            return picture(made.canvas(), made.colours(), { title: label, detail, panes, tops, index: to });
        },
    };
    useImperativeHandle(handle, () => handles);
    useCommands(chartCommands(handles));

    const press = (event: KeyboardEvent): void => {
        const step = (count: number): void => {
            const index = Math.max(0, Math.min((hovered.value() ?? newest + (count < 0 ? 1 : 0)) + count, times.length - 1));
            handles.point(index);
            setSpoken(spokenBar(writtenTime(times[index]!, interval), panes, index));
        };
        const actions: Record<string, () => void> = {
            ArrowLeft: () => (event.shiftKey ? handles.pan(-panStep) : step(-1)),
            ArrowRight: () => (event.shiftKey ? handles.pan(panStep) : step(1)),
            "+": () => handles.zoom(1 / zoomStep),
            "=": () => handles.zoom(1 / zoomStep),
            "-": () => handles.zoom(zoomStep),
            "0": () => handles.reset(),
            Enter: () => hovered.value() !== null && props.onPick?.(hovered.value()!),
            Escape: () => handles.point(null),
        };
        const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
        if (!action) return;
        event.preventDefault();
        action();
    };
    const pressedAt = useRef(0);
    const pick = (event: MouseEvent): void => {
        const index = hovered.value();
        // A drag that ends on the chart is no click.
        if (index !== null && Math.abs(event.clientX - pressedAt.current) < 4) props.onPick?.(index);
    };

    return (
        <div ref={chart} className="chart" data-testid="chart" data-bars={times.length} data-panes={panes.length}>
            <div
                ref={host}
                className="chart-canvas"
                role="group"
                aria-roledescription="chart"
                aria-label={label}
                aria-describedby={instructions}
                tabIndex={0}
                onKeyDown={press}
                onPointerDown={(event) => (pressedAt.current = event.clientX)}
                onClick={pick}
            />
            <p id={instructions} className="visually-hidden">
                Left and right arrow read one bar, with Shift they move the chart; plus and minus zoom, 0 resets.
            </p>
            <p role="status" className="visually-hidden">
                {spoken}
            </p>
            <Legend {...{ times, interval, panes, hovered, tops, newest }} />
            {isHidden && (
                <p className="chart-hidden" role="status">
                    Too many trades to mark here: zoom in to see them.
                </p>
            )}
            <MoveButtons chart={handles} />
            <ScaleButtons
                isAutomatic={isAutomatic}
                scaleToFit={() => drawing.current?.scaleToFit()}
                reset={handles.reset}
            />
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

/** Indexes of the first and last bar of a span, among the bars that are here; of all where it lies beside them. */
function indexesOf(times: readonly number[], { from, to }: ShownSpan): [number, number] {
    const newest = times.length - 1;
    const first = firstIndexAtOrAfter(times, from);
    const last = Math.min(firstIndexAtOrAfter(times, to), newest);
    return first < last ? [first, last] : [0, newest];
}
