/* What a result rests on: settings, the definition as it was, hashes, and whether it can be computed again. */
import type { Backtest, BacktestVerification } from "api-types";
import { useEffect, useRef, useState } from "react";
import { verifyBacktest } from "../../api/backtests";
import { ApiError } from "../../api/http";
import { noValue } from "../../lib/format";
import { newBacktestPath, strategyVersionsPath } from "../../lib/routes";
import { figureOf, written } from "../../lib/results/figures";
import { leftOut } from "../../lib/results/sheet";
import { settingsOf } from "../../lib/results/settings";
import { outcomeWords } from "../../lib/results/words";
import { CopyIcon } from "../../ui/icons";
import { Link } from "../../ui/navigation";
import { FailureNotice, Skeleton } from "../../ui/notices";
import { Standing } from "../../ui/standing";
import { Button, Card, Explained, IconButton, Notice, toast } from "../../ui/parts";
import { useWork } from "../../ui/use-work";
import { formOf } from "./form-of";
import { useRunVersion } from "./result-data";
import { daysOfRun, isImportedSince } from "./suspect-bars";

export function Assumptions({ run }: { run: Backtest }): JSX.Element {
    return (
        <Card title="What it rests on" className="assumptions">
            <div className="assumptions-part">
                <Definition run={run} />
                <dl className="facts">
                    {settingsOf(run).map(({ label, value }) => (
                        <div key={label}>
                            <dt>{label}</dt>
                            <dd>{value}</dd>
                        </div>
                    ))}
                </dl>
            </div>
            <div className="assumptions-part">
                <Standing symbol={run.symbol} interval={run.timeframe} days={daysOfRun(run)} />
                <p className="dim">
                    {leftOut}
                </p>
                <h3>
                    Hashes{" "}
                    <Explained
                        label="Hashes"
                        text="SHA-256 of what went in and came out. Two runs with the same content hash are the same run; with the same result hash they gave the same trades and equity, to the last bit."
                    />
                </h3>
                <dl className="hashes">
                    <Hash label="Content" value={run.contentHash} />
                    <Hash label="Result" value={run.resultHash} />
                    <Hash label="Bars" value={run.barsHash} />
                </dl>
                <Verify run={run} />
            </div>
        </Card>
    );
}

/** The version that was run, in plain English; later ones do not touch this result. */
function Definition({ run }: { run: Backtest }): JSX.Element {
    const version = run.versionNumber;
    const [found, reload] = useRunVersion(run);
    if (found.state === "loading") return <Skeleton label="Loading the definition" lines={2} />;
    if (found.state === "failed") {
        return found.error instanceof ApiError && found.error.isNotFound ? (
            <p className="definition dim">
                The strategy has been deleted since. This result stays; its report has the definition that was run.
            </p>
        ) : (
            <FailureNotice what="The definition could not be loaded." error={found.error} retry={reload} />
        );
    }
    return (
        <blockquote className="definition">
            <p>{found.value.summary}</p>
            <footer>
                <Link href={strategyVersionsPath(run.strategyId)}>Version {version}</Link>, as it was run
            </footer>
        </blockquote>
    );
}

function Hash({ label, value }: { label: string; value: string | null }): JSX.Element {
    const copy = (text: string): void => {
        // Where the page is not served securely there is no clipboard.
        const copied = navigator.clipboard?.writeText(text) ?? Promise.reject();
        copied.then(
            () => toast(`${label} hash copied`),
            () => toast("Copying is not allowed here: select it yourself."),
        );
    };
    return (
        <div>
            <dt>{label}</dt>
            <dd>
                <code title={value ?? undefined}>{value ?? noValue}</code>
                {value !== null && (
                    <IconButton label={`Copy the ${label.toLowerCase()} hash`} onClick={() => copy(value)}>
                        <CopyIcon />
                    </IconButton>
                )}
            </dd>
        </div>
    );
}

function Verify({ run }: { run: Backtest }): JSX.Element {
    const [work, start] = useWork();
    const [found, setFound] = useState<BacktestVerification | null>(null);
    const leaving = useRef<AbortController | null>(null);
    useEffect(() => () => leaving.current?.abort(), []);
    const verify = async (): Promise<void> => {
        const left = (leaving.current = new AbortController());
        setFound(await verifyBacktest(run.id, left.signal));
    };
    return (
        <div className="verify">
            {isImportedSince(run) && (
                <p>
                    Prices of {run.symbol} were imported since this run (revision {run.barRevision} then, {run.storedRevision}{" "}
                    now). Verify tells whether those of its days are still the same; if not, run it again.
                </p>
            )}
            <p>
                <Button
                    isBusy={work.isRunning}
                    onClick={() => {
                        setFound(null);
                        void start(verify);
                    }}
                >
                    {work.isRunning ? "Computing it again" : "Verify"}
                </Button>{" "}
                <span className="dim">Computes the run again and compares every trade and equity point.</span>
            </p>
            <div role="status">{found && <Verified found={found} run={run} />}</div>
            {work.error !== null && <FailureNotice what="It could not be verified." error={work.error} />}
        </div>
    );
}

function Verified({ found, run }: { found: BacktestVerification; run: Backtest }): JSX.Element {
    const { tone, title, advice } = outcomeWords[found.outcome];
    const changed = (key: "finalEquity" | "totalReturnPct", { run, now }: BacktestVerification["finalEquity"]): readonly [string, string, string] => {
        const { label, format } = figureOf(key);
        return [label, written(run, format), written(now, format)];
    };
    const changes: readonly (readonly [string, string, string])[] = [
        ["Revision of the bars", String(found.barRevision.run ?? noValue), String(found.barRevision.now ?? noValue)],
        ["Engine", found.engineVersion.run ?? noValue, found.engineVersion.now ?? noValue],
        ["Trades", String(found.numTrades.run ?? noValue), String(found.numTrades.now ?? noValue)],
        changed("finalEquity", found.finalEquity),
        changed("totalReturnPct", found.totalReturnPct),
    ];
    const differing = changes.filter(([, then, now]) => then !== now);
    return (
        <Notice tone={tone} title={title}>
            {advice}
            {differing.length > 0 && (
                <ul className="plain">
                    {differing.map(([label, then, now]) => (
                        <li key={label}>
                            {label}: {then} in this run, {now} now
                        </li>
                    ))}
                </ul>
            )}
            {(found.outcome === "INPUT_CHANGED" || found.outcome === "ENGINE_CHANGED") && (
                <p>
                    <Link href={newBacktestPath(formOf(run))}>Run it again</Link>
                </p>
            )}
        </Notice>
    );
}
