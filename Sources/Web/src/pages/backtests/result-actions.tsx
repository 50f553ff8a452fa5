/* What to do with a result: again with one thing changed, beside another, as a file, away. */
import type { Backtest, ListedBacktest } from "api-types";
import { useState } from "react";
import { filesOf, listBacktests, runsKey } from "../../api/backtests";
import { signedPercent } from "../../lib/format";
import { backtestPath, comparePath, newBacktestPath, newRunnerPath, strategyPath } from "../../lib/routes";
import { maximumCompared, oldestFirst } from "../../lib/results/compared";
import { variantsOf } from "../../lib/results/variants";
import { writtenDay, writtenTime } from "../../lib/time";
import { useCommands } from "../../ui/commands";
import { keep } from "../../ui/kept";
import { Link, navigate } from "../../ui/navigation";
import { FailureNotice, Skeleton } from "../../ui/notices";
import { Button, Checkbox, Dialog, Menu } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";
import { DeleteRun } from "./delete-run";
import { formName, formOf, runnerFormOf } from "./form-of";

interface Props {
    readonly run: Backtest;
    readonly savePicture: () => void;
}

export function ResultActions({ run, savePicture }: Props): JSX.Element {
    const [open, setOpen] = useState<"compare" | "delete" | null>(null);
    const files = filesOf(run.id);
    const print = (): void => window.print();
    const onPaper = newRunnerPath(runnerFormOf(run));
    useCommands([
        { id: "result again", label: "Run again", group: "Result", run: () => navigate(newBacktestPath(formOf(run))) },
        { id: "result paper", label: "Run on paper", group: "Result", run: () => navigate(onPaper) },
        { id: "result compare", label: "Compare with another run", group: "Result", run: () => setOpen("compare") },
        { id: "result print", label: "Print", group: "Result", run: print },
        { id: "result picture", label: "Save as an image", group: "Result", run: savePicture },
    ]);
    return (
        <div className="result-actions">
            <Menu label="Run again with…" look="primary">
                {variantsOf(run).map(({ label, change }) => (
                    <Link key={label} href={newBacktestPath({ ...formOf(run), ...change })}>
                        {label}
                    </Link>
                ))}
                {/* The builder begins with the rules of this run; the form that follows it, with the rest. */}
                <Link
                    href={`${strategyPath(run.strategyId)}?version=${run.versionNumber}&symbol=${encodeURIComponent(run.symbol)}`}
                    onClick={() => keep(formName, formOf(run))}
                >
                    A changed rule
                </Link>
            </Menu>
            <Button onClick={() => setOpen("compare")}>Compare with…</Button>
            <Link href={onPaper} className="button">
                Run on paper
            </Link>
            <Menu label="More">
                <a href={files.trades} download>
                    Trades (CSV)
                </a>
                <a href={files.equity} download>
                    Equity (CSV)
                </a>
                <a href={files.report} download>
                    Whole report (JSON)
                </a>
                <Button kind="quiet" onClick={savePicture}>
                    Save image
                </Button>
                <Button kind="quiet" onClick={print}>
                    Print
                </Button>
                <Button kind="quiet" className="menu-danger" onClick={() => setOpen("delete")}>
                    Delete…
                </Button>
            </Menu>
            <Dialog title="Compare with" isOpen={open === "compare"} close={() => setOpen(null)} isWide>
                <Others run={run} />
            </Dialog>
            <DeleteRun
                run={open === "delete" ? run : null}
                close={() => setOpen(null)}
                deleted={() => navigate("/backtests", { replace: true })}
            />
        </div>
    );
}

/** With this one, as many as the server compares. */
const maximumOthers = maximumCompared - 1;

/** The strategy's other finished runs; those on the same symbol stand first. */
function Others({ run }: { run: Backtest }): JSX.Element {
    const filter = { strategyID: run.strategyId, status: "completed" } as const;
    const [page, reload] = useResource(runsKey(filter, 0), () => listBacktests(filter));
    const [chosen, setChosen] = useState<readonly string[]>([]);
    if (page.state === "loading") return <Skeleton label="Loading the other runs" lines={4} />;
    if (page.state === "failed")
        return <FailureNotice what="The other runs could not be loaded." error={page.error} retry={reload} />;
    const isHere = (other: ListedBacktest): boolean => other.symbol === run.symbol;
    const others = page.value.runs.filter(({ id }) => id !== run.id);
    if (others.length === 0) {
        return (
            <p>
                This strategy has no other finished run. <Link href={newBacktestPath(formOf(run))}>Run it again</Link> with
                something changed, or choose runs of other strategies among <Link href="/backtests">all backtests</Link>.
            </p>
        );
    }
    const sorted = [...others.filter(isHere), ...others.filter((other) => !isHere(other))];
    return (
        <>
            <ul className="others">
                {sorted.map((other) => (
                    <li key={other.id}>
                        <Checkbox
                            label={`${other.symbol}, version ${other.versionNumber}, ${writtenDay(other.startDate)} to ${writtenDay(other.endDate)}`}
                            isChecked={chosen.includes(other.id)}
                            isDisabled={chosen.length === maximumOthers && !chosen.includes(other.id)}
                            change={(isChosen) =>
                                setChosen(isChosen ? [...chosen, other.id] : chosen.filter((id) => id !== other.id))
                            }
                        />
                        <span className="others-figures">
                            {other.results?.totalReturnPct != null && signedPercent(other.results.totalReturnPct / 100)}{" "}
                            <Link href={backtestPath(other.id)} className="dim">
                                {writtenTime(other.createdAt, "1h")}
                            </Link>
                        </span>
                    </li>
                ))}
            </ul>
            <div className="dialog-actions">
                <span className="dim">{chosen.length === 0 ? `Choose one to ${maximumOthers}.` : ""}</span>
                <Button
                    kind="primary"
                    disabled={chosen.length === 0}
                    onClick={() => navigate(comparePath(oldestFirst([run, ...others.filter(({ id }) => chosen.includes(id))])))}
                >
                    Compare
                </Button>
            </div>
        </>
    );
}
