import type { Runner } from "api-types";
import { readRunners, runnersKey } from "../../api/runners";
import { newRunnerPath } from "../../lib/routes";
import { Link } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { Card } from "../../ui/parts";
import { RunnerTable } from "../runners/runner-table";
import { LoadMore } from "./load-more";
import { Reading } from "./reading";
import { usePages } from "./use-pages";

/** Strategies that trade by themselves, with money of this account. */
export function Runners(): JSX.Element {
    const pages = usePages<Runner>(runnersKey, readRunners);
    return (
        <Card
            title="Runners"
            isFlush={pages.found.state === "ready"}
            actions={
                <Link href={newRunnerPath()} className="button">
                    Start a strategy on paper
                </Link>
            }
        >
            <Reading found={pages.found} reload={pages.reload} what="your runners" lines={4}>
                {() =>
                    pages.rows.length === 0 ? (
                        <EmptyNotice title="No strategy trades here yet.">
                            A runner is one version of a strategy that trades by itself: it decides at the close of each new
                            bar and trades at the open after it, with paper money that is set aside for it.{" "}
                            <Link href={newRunnerPath()}>Start one</Link>, from a backtest’s result, or from a strategy.
                        </EmptyNotice>
                    ) : (
                        <RunnerTable runners={pages.rows} />
                    )
                }
            </Reading>
            <LoadMore pages={pages} noun="runners" />
        </Card>
    );
}
