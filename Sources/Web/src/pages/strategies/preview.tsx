import type { AssetType, Timeframe } from "api-types";
import { lazy, memo, Suspense, useEffect, useMemo, useState } from "react";
import { barPage, symbolList } from "../../api/resources";
import type { SymbolSummary } from "../../api/symbols";
import { type Bars, firstIndexAtOrAfter } from "../../lib/bars";
import { counted } from "../../lib/format";
import { monthsBefore, secondsPerDay, writtenTime } from "../../lib/time";
import { symbolPath } from "../../lib/routes";
import { type Definition, writeDefinition } from "../../lib/definition/tree";
import { keep, keptOf } from "../../ui/kept";
import { Link, navigate, useQuery } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { Button, Card, Segmented } from "../../ui/parts";
import { PricesAsOf } from "../../ui/prices-as-of";
import { useResource } from "../../ui/use-resource";
import { SymbolField } from "../../ui/symbol-field";
import { useSignals } from "./use-signals";
import type { Verdict } from "./use-validation";

const SignalChart = lazy(() => import("./signal-chart"));

interface Props {
    readonly definition: Definition;
    readonly assetType: AssetType;
    readonly timeframe: Timeframe;
    readonly verdict: Verdict;
}

interface Range {
    readonly value: string;
    readonly label: string;
    /** The first moment of it, counted back from the last bar. */
    readonly from: (last: number) => number;
}

const everything: Range = { value: "max", label: "Max", from: () => -Infinity };
const rangesOf: Readonly<Record<Timeframe, readonly [Range, ...Range[]]>> = {
    "1d": [
        { value: "1y", label: "1Y", from: (last) => monthsBefore(last, 12) },
        { value: "3y", label: "3Y", from: (last) => monthsBefore(last, 36) },
        { value: "5y", label: "5Y", from: (last) => monthsBefore(last, 60) },
        everything,
    ],
    "1h": [
        { value: "2w", label: "2W", from: (last) => last - 14 * secondsPerDay },
        { value: "1m", label: "1M", from: (last) => monthsBefore(last, 1) },
        everything,
    ],
};

/** Changes one word of the address; the page stays where it is. */
function setInAddress(name: string, value: string): void {
    const query = new URLSearchParams(location.search);
    query.set(name, value);
    navigate(`${location.pathname}?${query.toString()}`, { replace: true });
}

/** Where the rules would have signalled on a symbol. Which one, and how far back, stands in the address. */
export const Preview = memo(function Preview({ definition, assetType, timeframe, verdict }: Props): JSX.Element {
    const query = new URLSearchParams(useQuery());
    const [isShown, setShown] = useState(true);
    const ranges = rangesOf[timeframe];
    const range = ranges.find((one) => one.value === query.get("range")) ?? ranges[0];
    return (
        <Card
            title="Signals"
            className="preview"
            isFlush
            actions={
                <Button
                    kind="quiet"
                    className="preview-toggle"
                    aria-expanded={isShown}
                    onClick={() => setShown(!isShown)}
                >
                    {isShown ? "Hide chart" : "Show chart"}
                </Button>
            }
        >
            {isShown && (
                <FirstSymbol assetType={assetType} timeframe={timeframe} asked={query.get("symbol")}>
                    {(symbol) => (
                        <>
                            <div className="preview-tools">
                                <SymbolField
                                    label="Symbol of the preview"
                                    assetType={assetType}
                                    isLabelHidden
                                    symbol={symbol}
                                    choose={(next) => {
                                        // The chart stays until there is another.
                                        if (next === "") return;
                                        keepChosen(assetType, next);
                                        setInAddress("symbol", next);
                                    }}
                                />
                                <Segmented
                                    label="Range of the preview"
                                    options={ranges}
                                    value={range.value}
                                    change={(next) => setInAddress("range", next)}
                                />
                            </div>
                            <SymbolPreview
                                key={`${symbol} ${timeframe}`}
                                {...{ symbol, definition, assetType, timeframe, verdict, range }}
                            />
                        </>
                    )}
                </FirstSymbol>
            )}
        </Card>
    );
});

interface FirstProps {
    readonly assetType: AssetType;
    readonly timeframe: Timeframe;
    readonly asked: string | null;
    readonly children: (symbol: string) => JSX.Element;
}

/** Where the browser remembers which symbol of a kind was looked at last. */
const chosenName = "preview-symbols";

function chosenOf(assetType: AssetType): string | null {
    const symbol = keptOf(chosenName)?.[assetType];
    return typeof symbol === "string" ? symbol : null;
}

const keepChosen = (assetType: AssetType, symbol: string): void =>
    keep(chosenName, { ...keptOf(chosenName), [assetType]: symbol });

async function symbolNamed(name: string, assetType: AssetType): Promise<SymbolSummary | null> {
    const wanted = name.toUpperCase();
    return (await symbolList(name, assetType)).symbols.find(({ symbol }) => symbol === wanted) ?? null;
}

/** The symbol asked for, if there is such a one; else the one chosen last, else the first of its kind with such bars. */
function FirstSymbol({ assetType, timeframe, asked, children }: FirstProps): JSX.Element {
    const [list, reload] = useResource(`preview ${assetType} ${timeframe} ${asked ?? ""}`, async () => {
        const wanted = asked ? await symbolNamed(asked, assetType) : null;
        if (wanted !== null) {
            keepChosen(assetType, wanted.symbol);
            return wanted.symbol;
        }
        const before = chosenOf(assetType);
        const known = before === null ? null : await symbolNamed(before, assetType);
        if (known?.intervals.includes(timeframe)) return known.symbol;
        const { symbols } = await symbolList("", assetType);
        return (symbols.find(({ intervals }) => intervals.includes(timeframe)) ?? symbols[0])?.symbol ?? null;
    });
    const shown = list.state === "ready" ? list.value : null;
    useEffect(() => {
        // Of another kind than the strategy: what the address says is what is shown, and what a backtest begins with.
        if (asked !== null && shown !== null && shown !== asked) setInAddress("symbol", shown);
    }, [asked, shown]);
    if (list.state === "loading") return <Skeleton label="Loading the symbols" lines={8} className="preview-space" />;
    if (list.state === "failed")
        return <FailureNotice what="The symbols could not be loaded." error={list.error} retry={reload} />;
    if (list.value === null)
        return <EmptyNotice title="No prices of this kind yet.">Signals show here when some are imported.</EmptyNotice>;
    return children(list.value);
}

interface SymbolProps extends Props {
    readonly symbol: string;
    readonly range: Range;
}

function SymbolPreview(props: SymbolProps): JSX.Element {
    const { symbol, assetType, timeframe } = props;
    const [page, reload] = useResource(`bars ${symbol} ${timeframe} newest`, () =>
        barPage(symbol, assetType, timeframe, null, 0),
    );
    if (page.state === "loading")
        return <Skeleton label={`Loading the bars of ${symbol}`} lines={8} className="preview-space" />;
    if (page.state === "failed")
        return <FailureNotice what={`The bars of ${symbol} could not be loaded.`} error={page.error} retry={reload} />;
    if (page.value.bars.time.length === 0)
        return <EmptyNotice title={`${symbol} has no bars of this kind.`}>Choose another symbol.</EmptyNotice>;
    return <BarsPreview {...props} bars={page.value.bars} />;
}

function BarsPreview({ symbol, definition, timeframe, verdict, range, bars }: SymbolProps & { bars: Bars }): JSX.Element {
    const last = bars.time[bars.time.length - 1]!;
    const shown = useMemo(() => cut(bars, firstIndexAtOrAfter(bars.time, range.from(last))), [bars, last, range]);
    const first = shown.time[0]!;
    const isValid = verdict.state === "valid";
    const asked = useMemo(
        () => (isValid ? { definition: writeDefinition(definition), symbol, timeframe, first, last } : null),
        [isValid, definition, symbol, timeframe, first, last],
    );
    const { signals, error, isOld, again } = useSignals(asked);
    return (
        <>
            <div className={isOld ? "preview-chart preview-old" : "preview-chart"}>
                <Suspense fallback={<Skeleton label="Loading the chart" lines={8} className="preview-space" />}>
                    <SignalChart
                        label={`${symbol} with signals from ${writtenTime(first, timeframe)} to ${writtenTime(last, timeframe)}`}
                        {...{ symbol, timeframe, definition, signals }}
                        bars={shown}
                    />
                </Suspense>
            </div>
            <PricesAsOf newest={[last]} />
            {error !== null && <FailureNotice what="The signals could not be computed." error={error} retry={again} />}
            <p className="preview-words" role="status" data-testid="signals">
                {signals ? (
                    <>
                        On <Link href={symbolPath(symbol)}>{symbol}</Link> the buy rules hold on{" "}
                        <b>{counted(signals.entry.count, "bar")}</b> and the sell rules on{" "}
                        <b>{counted(signals.exit.count, "bar")}</b> of {counted(signals.bars, "bar")}. Arrows mark the
                        first buy, the first sell after it, and so on, without stop, target or costs.
                    </>
                ) : verdict.state === "invalid" ? (
                    "Signals appear once the rules are complete."
                ) : error === null ? (
                    "Looking for signals\u2026"
                ) : null}
            </p>
        </>
    );
}

function cut(bars: Bars, from: number): Bars {
    if (from === 0) return bars;
    const column = (name: keyof Bars): readonly number[] => bars[name].slice(from);
    return {
        time: column("time"),
        open: column("open"),
        high: column("high"),
        low: column("low"),
        close: column("close"),
        volume: column("volume"),
    };
}
