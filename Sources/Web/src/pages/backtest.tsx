import "../shared";
import { type Backtest, backtestKey, isOver, readBacktest } from "../api/backtests";
import { ApiError } from "../api/http";
import type { RoomProps } from "../lib/routes";
import { Link, PageHeading } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { type Reload, type Resource, useResource } from "../ui/use-resource";
import { Result } from "./backtests/result";
import { Running } from "./backtests/running";
import { Unfinished } from "./backtests/unfinished";

/** One run: on its way, over without a result, or with its result. */
export default function BacktestRoom({ params }: RoomProps): JSX.Element {
    const id = params["id"]!;
    const [run, reload] = useResource<Backtest>(backtestKey(id), () => readBacktest(id), {
        poll: ({ status }) => !isOver(status),
    });
    return <div className="page page-workspace">{content(run, reload)}</div>;
}

function content(run: Resource<Backtest>, reload: Reload): JSX.Element {
    if (run.state === "ready") {
        const { status } = run.value;
        if (status === "completed") return <Result run={run.value} />;
        return isOver(status) ? <Unfinished run={run.value} /> : <Running run={run.value} />;
    }
    return (
        <>
            <PageHeading title="Backtest · BitStockerz">Backtest</PageHeading>
            {run.state === "loading" && <Skeleton label="Loading the backtest" lines={8} className="card" />}
            {run.state === "failed" &&
                (run.error instanceof ApiError && run.error.isNotFound ? (
                    <EmptyNotice title="There is no such backtest.">
                        It may have been deleted. <Link href="/backtests">All backtests</Link>
                    </EmptyNotice>
                ) : (
                    <FailureNotice what="The backtest could not be loaded." error={run.error} retry={reload} />
                ))}
        </>
    );
}
