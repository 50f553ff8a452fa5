import type { Runner, RunnerPerformance } from "api-types";
import { useRef } from "react";
import { inSentence } from "../../lib/kinds";
import { counted, direction, noValue, plainly, signedPercent } from "../../lib/format";
import { strategyPath, symbolPath } from "../../lib/routes";
import { writtenTime } from "../../lib/time";
import { nextInWords, runnerName, runnerStatusWords } from "../../lib/trading/runner-words";
import { cash, quantityText } from "../../lib/trading/words";
import { type Fact, Facts } from "../../ui/facts";
import { Link, PageHeading } from "../../ui/navigation";
import { Card, Notice, Stat, Stats } from "../../ui/parts";
import { useKeptFocus } from "../../ui/use-kept-focus";
import { When } from "../../ui/when";
import { Difference } from "./difference";
import { RunnerActions } from "./runner-actions";
import { RunnerChart } from "./runner-chart";
import { RunnerName } from "./runner-name";
import { RunnerOrders } from "./runner-orders";

export function RunnerView({ performance }: { performance: RunnerPerformance }): JSX.Element {
    const { runner, comparison } = performance;
    const name = runnerName(runner);
    const told = useRef<HTMLDivElement>(null);
    // The buttons go with what they could still do.
    useKeptFocus(told, runner.status === "STOPPED" ? 0 : 1);
    return (
        <>
            <div className="page-head">
                <div>
                    <PageHeading title={`${name} · BitStockerz`}>
                        <RunnerName runner={runner} />
                    </PageHeading>
                    <p className="sub">
                        <Link href={symbolPath(runner.symbol)}>{runner.symbol}</Link> ·{" "}
                        {inSentence(runner.timeframe)} bars · simulated money. No order leaves this server.
                    </p>
                </div>
                {runner.status !== "STOPPED" && <RunnerActions runner={runner} />}
            </div>
            <div ref={told} tabIndex={-1} className="kept-focus">
                <Told runner={runner} />
            </div>
            <Card label="Headline figures" className="result-headline">
                <Headline runner={runner} />
            </Card>
            <RunnerChart performance={performance} />
            <div className="runner-pair">
                {comparison && <Difference runner={runner} comparison={comparison} />}
                <Card title="The runner">
                    {runner.summary !== null && <p>{runner.summary}</p>}
                    <Facts facts={factsOf(runner)} />
                </Card>
            </div>
            <RunnerOrders runner={runner} />
        </>
    );
}

/** The sentence may begin with how it stands. */
function Told({ runner }: { runner: Runner }): JSX.Element {
    const status = runnerStatusWords[runner.status];
    return (
        <Notice tone={toneOf(runner)} {...(!runner.detail.startsWith(status) && { title: `${status}.` })}>
            {runner.detail}
        </Notice>
    );
}

/** Its own words say whether it trades; these are how the server begins those of a runner that does not. */
const toneOf = ({ status, detail }: Runner): "note" | "warning" =>
    status === "PAUSED" || (status === "RUNNING" && /^It (waits:|does not trade)/.test(detail)) ? "warning" : "note";

function Headline({ runner }: { runner: Runner }): JSX.Element {
    const { capital, equity, returnPct, quantity, symbol, bars, fills, refused } = runner;
    const way = direction(returnPct ?? 0);
    const isHolding = Number(quantity) > 0;
    return (
        <Stats>
            <Stat
                label="Equity"
                value={cash(equity)}
                detail={`Began with ${cash(capital)}`}
                explain="Its own cash and what it holds, at the close of the last bar that it has seen."
            />
            <Stat
                label="Return"
                value={returnPct === null ? noValue : signedPercent(returnPct / 100)}
                tone={way === "flat" ? undefined : way}
                detail="Of its capital"
            />
            <Stat
                label="Next"
                value={<span className="runner-next">{nextInWords(runner) ?? noValue}</span>}
                detail={isHolding ? `Holds ${quantityText(quantity)} ${symbol}` : "Holds nothing"}
                explain="Decided at the close of the last bar that it has seen."
            />
            <Stat
                label="Cash"
                value={cash(runner.cash)}
                detail="Its own"
                explain="A part of your account’s cash that nobody else may spend until it is stopped."
            />
            <Stat
                label="Bars"
                value={plainly(bars)}
                detail={`${counted(fills, "fill")}${refused > 0 ? `, ${counted(refused, "refusal")}` : ""}`}
                explain="That it has seen since its start."
            />
        </Stats>
    );
}

function factsOf(runner: Runner): readonly Fact[] {
    const bar = (at: number): string => writtenTime(at, runner.timeframe);
    return [
        [
            "Version",
            <Link key="version" href={`${strategyPath(runner.strategyId)}?version=${runner.versionNumber}`}>
                <bdi>{runner.strategyName}</bdi> v{runner.versionNumber}
            </Link>,
        ],
        ["Capital", cash(runner.capital)],
        [
            "A purchase takes",
            runner.riskPct === null
                ? `${plainly(runner.allocationPct)}% of its equity`
                : `${plainly(runner.allocationPct)}% of its equity, so that ${plainly(runner.riskPct)}% is at risk`,
        ],
        ["Commission", `${plainly(runner.commissionBps)} bps, as the account’s at its start`],
        ["Started", <When key="started" at={runner.startedAt} />],
        ["Trades bars after", bar(runner.afterBar)],
        ["Last bar it has seen", bar(runner.seenBar)],
        ...(runner.stoppedAt === null ? [] : [["Stopped", <When key="stopped" at={runner.stoppedAt} />] as const]),
    ];
}
