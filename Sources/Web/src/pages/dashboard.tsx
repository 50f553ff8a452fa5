import "../shared";
import { remembered } from "../api/cache";
import { dashboardKey, readDashboard, type Summary } from "../api/dashboard";
import { readRunners, runnersKey } from "../api/runners";
import { asUser } from "../api/session";
import { newBacktestPath, newStrategyPath } from "../lib/routes";
import { Link, PageHeading } from "../ui/navigation";
import { FailureNotice, Skeleton } from "../ui/notices";
import { useResource } from "../ui/use-resource";
import { FirstSteps } from "./dashboard/first-steps";
import { PaperAccount } from "./dashboard/paper-account";
import { PaperPositions } from "./dashboard/paper-positions";
import { RecentRuns } from "./dashboard/recent-runs";
import { RecentStrategies } from "./dashboard/recent-strategies";
import { RecentTrades } from "./dashboard/recent-trades";
import { Runners } from "./dashboard/runners";
import { WatchedSymbols } from "./dashboard/watched-symbols";

/** A run that is on its way changes by itself. */
const isMoving = ({ backtests }: Summary): boolean =>
    "value" in backtests && backtests.value.some(({ status }) => status === "pending" || status === "running");

/** Where a user begins: what is theirs, in one answer, and the first steps until they are made. */
export default function Dashboard(): JSX.Element {
    const [summary, reload] = useResource<Summary>(
        dashboardKey,
        () => remembered(dashboardKey, () => asUser(readDashboard)),
        { poll: isMoving },
    );
    const [runners, readRunnersAgain] = useResource(runnersKey, readRunners);
    const again = (): void => reload({ isQuiet: true });
    return (
        <div className="page page-dashboard">
            <div className="page-head">
                <PageHeading title="Dashboard · BitStockerz">Dashboard</PageHeading>
                <p className="row">
                    <Link href={newBacktestPath()} className="button">
                        Run a backtest
                    </Link>
                    <Link href={newStrategyPath()} className="button button-primary">
                        New strategy
                    </Link>
                </p>
            </div>
            {summary.state === "loading" && <Waiting />}
            {summary.state === "failed" && (
                <FailureNotice what="Your dashboard did not load." error={summary.error} retry={reload} />
            )}
            {summary.state === "ready" && (
                <>
                    <FirstSteps part={summary.value.checklist} retry={again} />
                    <div className="dashboard">
                        <div>
                            <RecentStrategies part={summary.value.strategies} retry={again} />
                            <RecentRuns part={summary.value.backtests} retry={again} />
                            <RecentTrades part={summary.value.executions} retry={again} />
                        </div>
                        <div>
                            <PaperAccount part={summary.value.portfolio} equity={summary.value.equity} retry={again} />
                            <PaperPositions part={summary.value.positions} retry={again} />
                            <Runners found={runners} retry={readRunnersAgain} />
                            <WatchedSymbols part={summary.value.watchlist} retry={again} />
                        </div>
                    </div>
                </>
            )}
        </div>
    );
}

/** The widgets' places, so that nothing jumps when they fill. */
const Waiting = (): JSX.Element => (
    <div className="dashboard">
        <div>
            <Skeleton label="Loading your strategies" lines={6} className="card" />
            <Skeleton label="Loading your backtests" lines={6} className="card" />
            <Skeleton label="Loading your trades" lines={4} className="card" />
        </div>
        <div>
            <Skeleton label="Loading your paper account" lines={8} className="card" />
            <Skeleton label="Loading your positions" lines={2} className="card" />
            <Skeleton label="Loading your runners" lines={2} className="card" />
            <Skeleton label="Loading your watchlist" lines={6} className="card" />
        </div>
    </div>
);
