/* Runs side by side: their curves from one start, their figures, and what was set otherwise. */
import "../../shared";
import { useMemo } from "react";
import { compareBacktests, compareKey, type Comparison } from "../../api/backtests";
import { ApiError } from "../../api/http";
import { counted } from "../../lib/format";
import { allTimes, atTimes, type Curve, curveOf, drawdowns, rebased } from "../../lib/results/curve";
import {
    type Holding,
    holdingsOf,
    idsIn,
    letterOf,
    maximumCompared,
    minimumCompared,
    type Wanted,
} from "../../lib/results/compared";
import { growth, manyfold } from "../../lib/results/growth";
import { holdingCurve } from "../../lib/results/holding";
import { warningWords } from "../../lib/results/words";
import { Chart, lineColour, type Pane } from "../../ui/chart/chart";
import { Link, PageHeading, useQuery } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { Card, Notice } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";
import { ComparedFigures } from "./compare-figures";
import { ComparedSettings } from "./compare-settings";
import { useRunBars } from "./result-data";

export default function CompareRoom(): JSX.Element {
    const wanted = idsIn(useQuery());
    return (
        <div className="page page-workspace">
            <div className="run-heading">
                <nav aria-label="Breadcrumb" className="breadcrumb">
                    <Link href="/backtests">Backtests</Link> <span aria-hidden="true">/</span>{" "}
                    <span aria-current="page">Compare</span>
                </nav>
                <PageHeading title="Compare backtests · BitStockerz">Compare backtests</PageHeading>
            </div>
            {wanted.state === "right" ? <Runs ids={wanted.ids} /> : <Wrong fault={wanted.state} />}
        </div>
    );
}

const faults: Readonly<Record<Exclude<Wanted["state"], "right">, string>> = {
    few: `Choose at least ${minimumCompared} runs.`,
    many: `No more than ${maximumCompared} runs can be compared.`,
    twice: "A run is named twice.",
    malformed: "This address names no runs.",
};

const Wrong = ({ fault }: { fault: keyof typeof faults }): JSX.Element => (
    <EmptyNotice title={faults[fault]}>
        Tick {minimumCompared} to {maximumCompared} finished runs among <Link href="/backtests">all backtests</Link>, then press Compare.
    </EmptyNotice>
);

function Runs({ ids }: { ids: readonly string[] }): JSX.Element {
    const [found, reload] = useResource(compareKey(ids), () => compareBacktests(ids));
    if (found.state === "loading") return <Skeleton label="Loading the runs" lines={12} className="card" />;
    if (found.state === "failed") {
        return found.error instanceof ApiError && found.error.isNotFound ? (
            <EmptyNotice title="One of these runs is not there.">
                It may have been deleted. Choose again among <Link href="/backtests">all backtests</Link>.
            </EmptyNotice>
        ) : (
            <FailureNotice what="The runs could not be loaded." error={found.error} retry={reload} />
        );
    }
    return <Compared key={compareKey(ids)} comparison={found.value} />;
}

/** Give it a `key` of its runs: other runs have other holdings. */
function Compared({ comparison: { backtests, warnings } }: { comparison: Comparison }): JSX.Element {
    const holdings = useHoldings(backtests);
    const [times, panes] = useMemo(() => drawn(backtests, holdings), [backtests, ...holdings.map(({ curve }) => curve)]);
    const failed = holdings.find(({ error }) => error !== null);
    const isHourly = backtests.some(({ timeframe }) => timeframe === "1h");
    return (
        <div className="result compared">
            {warnings.length > 0 && (
                <Notice tone="warning" title="Before you compare:">
                    <ul className="plain">
                        {warnings.map(({ code }) => (
                            <li key={code}>{warningWords[code]}</li>
                        ))}
                    </ul>
                </Notice>
            )}
            <ComparedSettings runs={backtests} />
            <Card title="Growth from one start" isFlush className="result-chart">
                {times.length > 0 ? (
                    <Chart
                        label={`Growth and drawdown of ${counted(backtests.length, "run")}`}
                        times={times}
                        interval={isHourly ? "1h" : "1d"}
                        panes={panes}
                    />
                ) : (
                    <EmptyNotice title="There is nothing to draw.">None of these runs has an equity curve.</EmptyNotice>
                )}
                {failed && (
                    <FailureNotice what={`${failed.name} could not be drawn.`} error={failed.error} retry={failed.retry} />
                )}
            </Card>
            <ComparedFigures runs={backtests} />
        </div>
    );
}

interface DrawnHolding extends Holding {
    readonly curve: Curve;
    readonly error: unknown;
    readonly retry: () => void;
}

/** The curves of holding, empty until their bars are here. The runs stay the same while the caller is on the screen. */
function useHoldings(runs: Comparison["backtests"]): readonly DrawnHolding[] {
    const holdings = useMemo(() => holdingsOf(runs), [runs]);
    return holdings.map((holding) => {
        const run = runs[holding.runs[0]]!;
        const bars = useRunBars(run);
        const curve = useMemo<Curve>(() => {
            const values = holdingCurve(bars.value, run);
            return { times: bars.value.time.slice(0, values.length), values };
        }, [bars.value, run]);
        return { ...holding, curve, error: bars.error, retry: bars.retry };
    });
}

/** Beside the curves of the runs those of holding what they ran on, in the colour of the run where there are several. */
function drawn(
    runs: Comparison["backtests"],
    holdings: readonly DrawnHolding[],
): [readonly number[], readonly Pane[]] {
    const curves = runs.map(({ equity }) => curveOf(equity));
    const times = allTimes(curves);
    const at = curves.map((curve) => atTimes(curve, times));
    const held = holdings.map(({ curve }) => atTimes(curve, times));
    const initial = (index: number): number => Number(runs[index]!.initialEquity);
    const lines = (change: (values: readonly number[], initial: number) => number[]): Pane["series"] => [
        ...at.map((values, index) => ({
            kind: "line" as const,
            name: letterOf(index),
            values: change(values, initial(index)),
            colour: lineColour(index),
        })),
        ...holdings.map(({ name, runs: [first] }, index) => ({
            kind: "line" as const,
            name,
            values: change(held[index]!, initial(first)),
            colour: holdings.length === 1 ? ("muted" as const) : lineColour(first),
            isDashed: true,
        })),
    ];
    // Beside what grew manyfold the rest would be a flat line: then by powers, and those need what is above zero.
    const isLog = Math.max(...[...at, ...held].map(growth)) > manyfold;
    const grown: Pane = isLog
        ? { id: "growth", label: "What 100 became", weight: 68, scale: "price", isLog, guides: [{ at: 100 }], series: lines(of100) }
        : { id: "growth", label: "Growth", weight: 68, scale: "percent", guides: [{ at: 0 }], series: lines(rebased) };
    return [times, [grown, { id: "drawdown", label: "Drawdown", weight: 32, scale: "percent", series: lines(drawdowns) }]];
}

const of100 = (values: readonly number[], initial: number): number[] =>
    rebased(values, initial).map((change) => 100 * (1 + change));
