/* One runner: what it has come to, beside what it was expected to, and what can be done with it. */
import "../shared";
import { ApiError } from "../api/http";
import { readRunner, runnerKey, type RunnerPerformance } from "../api/runners";
import { type RoomProps, tradePath } from "../lib/routes";
import { Link, PageHeading } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { useResource } from "../ui/use-resource";
import { RunnerName } from "./runners/runner-name";
import { RunnerView } from "./runners/runner-view";

/** Bars come once an hour at most: whoever watches sees one soon enough. */
const slowestPoll = 10_000;

export default function RunnerRoom({ params }: RoomProps): JSX.Element {
    const id = params["id"]!;
    const [found, reload] = useResource<RunnerPerformance>(runnerKey(id), () => readRunner(id), {
        poll: ({ runner }) => runner.status === "RUNNING",
        slowest: slowestPoll,
    });
    const isGone = found.state === "failed" && found.error instanceof ApiError && found.error.isNotFound;
    return (
        <div className="page page-workspace runner">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href={tradePath()}>Trade</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">
                    {found.state === "ready" ? <RunnerName runner={found.value.runner} /> : "Runner"}
                </span>
            </nav>
            {found.state === "ready" ? (
                <RunnerView performance={found.value} />
            ) : (
                <>
                    <PageHeading title="Runner · BitStockerz">Runner</PageHeading>
                    {found.state === "loading" && <Skeleton label="Loading the runner" lines={8} className="card" />}
                    {isGone && (
                        <EmptyNotice title="There is no such runner.">
                            <Link href="/trade">Your runners</Link>
                        </EmptyNotice>
                    )}
                    {found.state === "failed" && !isGone && (
                        <FailureNotice what="The runner did not load." error={found.error} retry={reload} />
                    )}
                </>
            )}
        </div>
    );
}
