/* A finished run: what came out, whether to believe it, and everything it rests on. */
import type { Backtest } from "api-types";
import { useMemo, useRef } from "react";
import { firstIndexAtOrAfter } from "../../lib/bars";
import { holdingCurve } from "../../lib/results/holding";
import { measured, periodsPerYear } from "../../lib/results/measures";
import { type Sheet, sheetOf } from "../../lib/results/sheet";
import { noticeInWords } from "../../lib/results/words";
import { isoDay } from "../../lib/time";
import { EmptyNotice, FailureNotice } from "../../ui/notices";
import { Notice, toast } from "../../ui/parts";
import { usePrinting } from "../../ui/printing";
import { saveFile } from "../../ui/save-file";
import { ResultActions } from "./result-actions";
import { Assumptions } from "./result-assumptions";
import { ResultChart, type ResultChartHandle } from "./result-chart";
import { useRunBars, useRunCurve, useRunTrades, useRunVersion } from "./result-data";
import { Distribution } from "./result-distribution";
import { FullFigures, Headline } from "./result-figures";
import { Returns } from "./result-returns";
import { Trades } from "./result-trades";
import { useChosenTrade } from "./result-trade";
import { Verdict } from "./result-verdict";
import { RunHeading } from "./run-heading";
import { ResultSheet } from "./sheet";
import { sheetPicture } from "./sheet-picture";

export function Result({ run }: { run: Backtest }): JSX.Element {
    const bars = useRunBars(run);
    const curve = useRunCurve(run);
    const trades = useRunTrades(run);
    const [chosen, choose] = useChosenTrade(trades.value);
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
            saveFile(`${run.symbol}-backtest-${isoDay(run.createdAt)}.png`, "image/png", await sheetPicture(sheet()));
        } catch {
            toast("The picture could not be drawn. Print the result instead.");
        }
    };
    const { results, statistics } = run;
    if (results === null) {
        return (
            <>
                <RunHeading run={run} />
                <EmptyNotice title="This run has no figures.">Run it again to have them.</EmptyNotice>
            </>
        );
    }
    const jump = (number: number): void => {
        choose(number);
        const trade = trades.value.find(({ tradeNo }) => tradeNo === number);
        if (trade) chart.current?.showTrade(trade);
    };
    const back = (): void => {
        table.current?.scrollIntoView({ block: "start" });
        const row = table.current?.querySelector<HTMLElement>("tr[aria-current] .row-name");
        (row ?? table.current)?.focus({ preventScroll: true });
        row?.scrollIntoView({ block: "center" });
    };
    return (
        <div className="result">
            <div className="result-top">
                <RunHeading run={run} />
                <ResultActions run={run} savePicture={() => void savePicture()} />
            </div>
            {results.notices.map((code) => (
                <Notice key={code} tone="warning">
                    {noticeInWords(code)}
                </Notice>
            ))}
            {statistics && <Verdict results={results} statistics={statistics} symbol={run.symbol} />}
            <Headline run={run} held={held} />
            <ResultChart
                ref={chart}
                {...{ run, bars, curve, holding, chosen, choose, back }}
                trades={trades.value}
                tradeAt={(time) => trades.value[firstIndexAtOrAfter(exits(trades.value), time)] ?? null}
            />
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
