/* A finished run: what came out, whether to believe it, and everything it rests on. */
import type { Backtest, Trade } from "api-types";
import { useEffect, useMemo, useRef } from "react";
import { firstIndexAtOrAfter } from "../../lib/bars";
import { runFileName } from "../../lib/file-name";
import { whole } from "../../lib/format";
import { coveredDays } from "../../lib/results/curve";
import { holdingCurve } from "../../lib/results/holding";
import { measured, periodsPerYear } from "../../lib/results/measures";
import { type Sheet, sheetOf } from "../../lib/results/sheet";
import { noticeInWords } from "../../lib/results/words";
import { newBacktestPath } from "../../lib/routes";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice } from "../../ui/notices";
import { Notice, toast } from "../../ui/parts";
import { usePrinting } from "../../ui/printing";
import { saveFile } from "../../ui/save-file";
import { formOf } from "./form-of";
import { ResultActions } from "./result-actions";
import { Assumptions } from "./result-assumptions";
import { ResultChart, type ResultChartHandle } from "./result-chart";
import { type Loaded, useRunBars, useRunCurve, useRunTrades, useRunVersion } from "./result-data";
import { Distribution } from "./result-distribution";
import { FullFigures, Headline } from "./result-figures";
import { Returns } from "./result-returns";
import { Trades } from "./result-trades";
import { useChosenTrade } from "./result-trade";
import { Verdict } from "./result-verdict";
import { RunHeading } from "./run-heading";
import { ResultSheet } from "./sheet";
import { sheetPicture } from "./sheet-picture";
import { SuspectBars } from "./suspect-bars";

export function Result({ run }: { run: Backtest }): JSX.Element {
    const bars = useRunBars(run);
    const curve = useRunCurve(run);
    const place = useChosenTrade();
    const trades = useRunTrades(run, place.number);
    // Numbers ascend from 1 without gaps.
    const chosen = place.number === null ? null : trades.value[place.number - 1] ?? null;
    const chart = useRef<ResultChartHandle>(null);
    const table = useRef<HTMLDivElement>(null);
    const initial = Number(run.initialEquity);
    const holding = useMemo(() => holdingCurve(bars.value, run), [bars.value, run]);
    const held = useMemo(
        () =>
            bars.assetType === null || holding.length === 0
                ? null
                : measured(
                      { times: bars.value.time, values: holding },
                      initial,
                      periodsPerYear(bars.assetType, run.timeframe),
                  ),
        [bars.assetType, bars.value, holding, initial, run.timeframe],
    );
    const [version] = useRunVersion(run);
    const isPrinting = usePrinting();
    const sheet = (): Sheet =>
        sheetOf(run, {
            equity: curve.value,
            holding: { times: bars.value.time.slice(0, holding.length), values: holding },
            held,
            rules: version.state === "ready" ? version.value.summary : null,
        });
    const savePicture = async (): Promise<void> => {
        try {
            saveFile(runFileName(run, "result", "png"), "image/png", await sheetPicture(sheet()));
        } catch {
            toast("The picture could not be drawn. Print the result instead.");
        }
    };
    const toTable = (number: number): void => {
        const names = [...(table.current?.querySelectorAll<HTMLElement>("tbody .row-name") ?? [])];
        const row = names.find(({ textContent }) => textContent === whole(number));
        (row ?? table.current)?.focus({ preventScroll: true });
        (row ?? table.current)?.scrollIntoView({ block: row ? "center" : "start" });
    };
    // The way back from a trade that the table led to ends where it began.
    const visited = useRef<number | null>(null);
    useEffect(() => {
        if (place.number !== null || visited.current === null) return;
        chart.current?.showAll();
        toTable(visited.current);
        visited.current = null;
    }, [place.number]);
    const jump = (number: number): void => {
        visited.current = number;
        chart.current?.visit(trades.value[number - 1]!);
        place.visit(number);
    };
    const leave = (): void => {
        visited.current = null;
        place.leave();
        chart.current?.showAll();
    };
    const { results, statistics } = run;
    if (results === null) {
        return (
            <>
                <RunHeading run={run} />
                <EmptyNotice title="This run has no figures.">
                    <Link href={newBacktestPath(formOf(run))}>Run it again</Link> to have them.
                </EmptyNotice>
            </>
        );
    }
    return (
        <div className="result">
            <div className="result-top">
                <RunHeading run={run} covered={coveredDays(curve.value.times, run)} />
                <ResultActions run={run} savePicture={() => void savePicture()} />
            </div>
            {results.notices.map((code) => (
                <Notice key={code} tone="warning">
                    {noticeInWords(code)}
                </Notice>
            ))}
            <SuspectBars run={run} />
            {statistics && <Verdict results={results} statistics={statistics} symbol={run.symbol} />}
            <Headline run={run} held={held} />
            <ResultChart
                ref={chart}
                {...{ run, bars, curve, holding, chosen, leave }}
                choose={place.choose}
                back={() => chosen && toTable(chosen.tradeNo)}
                trades={trades.value}
                tradeAt={(time) => trades.value[firstIndexAtOrAfter(exits(trades.value), time)] ?? null}
            />
            {place.number !== null && chosen === null && <Missing number={place.number} trades={trades} />}
            <div className="result-pair">
                <Returns curve={curve} initial={initial} />
                <Distribution trades={trades} />
            </div>
            {trades.error !== null && (
                <FailureNotice what="The other trades could not be loaded." error={trades.error} retry={trades.retry} />
            )}
            <div ref={table} tabIndex={-1} className="result-part">
                <Trades run={run} trades={trades} chosen={chosen} jump={jump} />
            </div>
            <FullFigures run={run} held={held} />
            <Assumptions run={run} />
            {isPrinting && <ResultSheet sheet={sheet()} />}
        </div>
    );
}

/** Trades follow each other, so their ends ascend. */
const exits = (trades: readonly { readonly exitTime: number }[]): number[] => trades.map(({ exitTime }) => exitTime);

/** A trade that the address names and that is not here: yet, or at all. */
function Missing({ number, trades }: { number: number; trades: Loaded<readonly Trade[]> }): JSX.Element | null {
    if (!trades.isComplete) return trades.error === null ? <Notice tone="note">Loading trade {whole(number)}…</Notice> : null;
    return (
        <Notice tone="warning" title="There is no such trade in this run.">
            {trades.value.length === 0 ? "It made none." : `Its trades are numbered 1 to ${whole(trades.value.length)}.`}
        </Notice>
    );
}
