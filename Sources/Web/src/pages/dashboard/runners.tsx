import type { Runner } from "api-types";
import type { PageOf } from "../../api/trading";
import { direction, directionMark, noValue, signedPercent } from "../../lib/format";
import { newRunnerPath, runnerPath, tradePath } from "../../lib/routes";
import { nextInWords, runnerStatusWords } from "../../lib/trading/runner-words";
import { cash } from "../../lib/trading/words";
import { Link } from "../../ui/navigation";
import { Skeleton } from "../../ui/notices";
import { SymbolName } from "../../ui/spark";
import type { Reload, Resource } from "../../ui/use-resource";
import { Widget } from "./widget";

interface Props {
    readonly found: Resource<PageOf<Runner>>;
    readonly retry: Reload;
}

/** As many as there is room for. */
const maximum = 5;

/** Strategies that trade on paper now; they come in an answer of their own. */
export function Runners({ found, retry }: Props): JSX.Element {
    if (found.state === "loading") return <Skeleton label="Loading your runners" lines={2} className="card" />;
    const active = found.state === "ready" ? found.value.rows.filter(({ status }) => status !== "STOPPED") : [];
    return (
        <Widget
            part={found.state === "ready" ? { value: active } : { error: found.error }}
            retry={retry}
            title="Runners"
            fault="Your runners did not load."
            actions={active.length > 0 && <Link href={tradePath()}>All runners</Link>}
        >
            {(runners) =>
                runners.length === 0 ? (
                    <p className="dim">
                        No strategy is running. <Link href={newRunnerPath()}>Start one on paper</Link> to follow it here.
                    </p>
                ) : (
                    <ul className="watched held held-runners" aria-label="Runners: equity, and return since their start">
                        {runners.slice(0, maximum).map((runner) => (
                            <li key={runner.id}>
                                <Active runner={runner} />
                            </li>
                        ))}
                    </ul>
                )
            }
        </Widget>
    );
}

function Active({ runner }: { runner: Runner }): JSX.Element {
    const { id, strategyName, versionNumber, symbol, status, equity, returnPct } = runner;
    const way = direction(returnPct ?? 0);
    return (
        <Link href={runnerPath(id)}>
            <SymbolName
                symbol={
                    <>
                        <bdi>{strategyName}</bdi> v{versionNumber}
                    </>
                }
                name={`${symbol} · ${nextInWords(runner) ?? runnerStatusWords[status]}`}
            />
            <b>{cash(equity)}</b>
            <span className={way}>
                {returnPct === null ? noValue : `${directionMark[way]} ${signedPercent(returnPct / 100)}`}
            </span>
        </Link>
    );
}
