/* Practice beside a strategy of one's own: the same days, the same money, the same fee, on the symbol that is shown. */
import type { Backtest, ReplayResult } from "api-types";
import { useMemo, useState } from "react";
import { backtestKey, isOver, readBacktest, startBacktest } from "../../api/backtests";
import { readReplayResult, replayResultKey } from "../../api/replays";
import { strategiesKey, strategyList } from "../../api/strategies";
import { noValue, signedPercent, whole } from "../../lib/format";
import { Intention } from "../../lib/intention";
import { inSentence } from "../../lib/kinds";
import { figureOf } from "../../lib/results/figures";
import { backtestPath, newBacktestPath, newStrategyPath } from "../../lib/routes";
import { isoDay, parseDay, writtenDay } from "../../lib/time";
import type { PractisedDetail } from "../../lib/trading/practice";
import { besideDays, besideOf, besideRequest, newestSale, type Side, unlikeInWords } from "../../lib/trading/practice-beside";
import { Chart, type Pane } from "../../ui/chart/chart";
import { SelectField } from "../../ui/form";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { Button, Card, Notice, Progress } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";

interface Props {
    readonly detail: PractisedDetail;
    /** The one that a strategy is tried on. */
    readonly symbol: string;
}

const intention = new Intention();

export function PracticeBeside({ detail, symbol }: Props): JSX.Element {
    const { replay } = detail;
    const [found, retry] = useResource(strategiesKey, strategyList);
    const [chosen, setChosen] = useState("");
    const [id, setID] = useState<string | null>(null);
    const [work, run] = useWork();
    const days = besideDays(replay);
    const kind = replay.positions.find((one) => one.symbol === symbol)?.assetType;
    const fitting = (found.state === "ready" ? found.value : []).filter(
        ({ assetType, timeframe }) => assetType === kind && timeframe === replay.timeframe,
    );
    const strategy = fitting.find((one) => one.id === chosen) ?? fitting[0];
    const start = (): void => {
        if (!days || !strategy) return;
        const request = besideRequest(replay, strategy.id, symbol, days);
        void run(async () => {
            setID(await startBacktest(request, intention.keyOf(JSON.stringify([request, strategy.versionId]))));
            intention.done();
        });
    };
    return (
        <Card title="Beside a strategy" className="practice-beside">
            {found.state === "loading" && <Skeleton label="Loading your strategies" lines={2} />}
            {found.state === "failed" && (
                <FailureNotice what="Your strategies could not be loaded." error={found.error} retry={retry} />
            )}
            {found.state === "ready" && !strategy && (
                <EmptyNotice title={`You have no strategy for ${inSentence(replay.timeframe)} bars of ${symbol}.`}>
                    <Link href={newStrategyPath(null, symbol)}>Make one</Link>, and see here what it does on the same days.
                </EmptyNotice>
            )}
            {strategy && (
                <>
                    <div className="practice-beside-choice">
                        <SelectField
                            label="Strategy"
                            options={fitting.map(({ id: value, name }) => ({ value, label: name }))}
                            value={strategy.id}
                            change={(value) => {
                                setChosen(value);
                                setID(null);
                                work.clear();
                            }}
                        />
                        <Button disabled={days === null} isBusy={work.isRunning} onClick={start}>
                            Run it on these days
                        </Button>
                    </div>
                    <p className="form-note">
                        {days === null
                            ? "It runs on whole days: move the clock over one first."
                            : `${symbol} from ${daysInWords(days)}, with the money and the fee of this practice. It is a backtest like any other.`}
                    </p>
                </>
            )}
            {work.error !== null && <FailureNotice what="The strategy was not run." error={work.error} />}
            {id !== null && <Result key={id} id={id} detail={detail} />}
        </Card>
    );
}

const daysInWords = ({ start, end }: { readonly start: string; readonly end: string }): string =>
    [start, end].map((day) => writtenDay(parseDay(day)!)).join(" to ");

function Result({ id, detail }: { id: string; detail: PractisedDetail }): JSX.Element {
    const [found, reload] = useResource<Backtest>(backtestKey(id), () => readBacktest(id), {
        poll: ({ status }) => !isOver(status),
    });
    if (found.state === "failed") return <FailureNotice what="The run did not load." error={found.error} retry={reload} />;
    if (found.state === "loading") return <Skeleton label="Loading the run" lines={5} />;
    const { status, progress, error } = found.value;
    if (!isOver(status)) return <Progress label="Progress of the run" value={status === "pending" ? null : progress} />;
    if (status !== "completed")
        return (
            <Notice tone="bad" title="The strategy was not run to its end.">
                {error?.message}
            </Notice>
        );
    return <Compared run={found.value} detail={detail} />;
}

function Compared({ run, detail }: { run: Backtest; detail: PractisedDetail }): JSX.Element {
    const { replay, orders } = detail;
    const end = isoDay(run.endDate);
    const [found, reload] = useResource<ReplayResult>(replayResultKey(replay.id, end, newestSale(orders, run)), () =>
        readReplayResult(replay.id, end),
    );
    if (found.state === "failed")
        return <FailureNotice what="The result of the practice did not load." error={found.error} retry={reload} />;
    if (found.state === "loading") return <Skeleton label="Loading the result of the practice" lines={5} />;
    return <Figures run={run} practice={found.value} startingBalance={replay.startingBalance} />;
}

interface FiguresProps {
    readonly run: Backtest;
    readonly practice: ReplayResult;
    readonly startingBalance: string;
}

function Figures({ run, practice, startingBalance }: FiguresProps): JSX.Element {
    const { sides, times, growth } = useMemo(
        () => besideOf(practice, { startingBalance }, run),
        [practice, startingBalance, run],
    );
    const unlike = unlikeInWords(practice, run.symbol);
    const panes = useMemo<readonly Pane[]>(
        () => [
            {
                id: "growth",
                label: "Growth",
                weight: 1,
                scale: "percent",
                guides: [{ at: 0 }],
                series: sides.map(({ name }, index) => ({
                    kind: "line" as const,
                    name,
                    values: growth[index]!,
                    colour: index === 0 ? 4 : 1,
                    isDashed: index > 0,
                })),
            },
        ],
        [sides, growth],
    );
    const rows: readonly (readonly [string, (side: Side) => string])[] = [
        [figureOf("totalReturnPct").label, ({ change }) => (change === null ? noValue : signedPercent(change))],
        [figureOf("maxDrawdownPct").label, ({ drawdown }) => (drawdown === null ? noValue : signedPercent(drawdown))],
        ["Sales", ({ sales }) => whole(sales)],
    ];
    const link = newBacktestPath({
        strategy: run.strategyId,
        symbol: run.symbol,
        start: isoDay(run.startDate),
        end: isoDay(run.endDate),
        equity: run.initialEquity,
        commission: String(run.simulation.commissionBps ?? 0),
    });
    return (
        <>
            {unlike !== null && <p className="form-note">{unlike}</p>}
            <div className="table-scroll" tabIndex={0} role="region" aria-label="Practice beside the strategy">
                <table className="figures practice-beside-figures" data-testid="beside">
                    <thead>
                        <tr>
                            <th scope="col">To {writtenDay(run.endDate)}</th>
                            {sides.map(({ name }) => (
                                <th key={name} scope="col" className="number">
                                    {name}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map(([title, of]) => (
                            <tr key={title}>
                                <th scope="row">{title}</th>
                                {sides.map((side) => (
                                    <td key={side.name} className="number">
                                        {of(side)}
                                    </td>
                                ))}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            <Chart
                label={`Growth of the practice and of ${run.strategyName} on the same days`}
                times={times}
                interval={run.timeframe}
                panes={panes}
            />
            <p className="form-note">
                <Link href={backtestPath(run.id)}>The whole result</Link>, or{" "}
                <Link href={link}>run it with other costs or days</Link>.
            </p>
        </>
    );
}
