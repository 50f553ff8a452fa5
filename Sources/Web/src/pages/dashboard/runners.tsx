import type { Runner } from "api-types";
import type { PageOf } from "../../api/trading";
import { newRunnerPath, tradePath } from "../../lib/routes";
import { Link } from "../../ui/navigation";
import { Skeleton } from "../../ui/notices";
import type { Reload, Resource } from "../../ui/use-resource";
import { RunnerTable } from "../runners/runner-table";
import { Widget } from "./widget";

interface Props {
    readonly found: Resource<PageOf<Runner>>;
    readonly retry: Reload;
}

/** As many as there is room for. */
const most = 5;

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
            isFlush={active.length > 0}
            actions={active.length > 0 && <Link href={tradePath()}>All runners</Link>}
        >
            {(runners) =>
                runners.length === 0 ? (
                    <p className="dim">
                        No strategy trades by itself. <Link href={newRunnerPath()}>Start one on paper</Link> to see how it goes on.
                    </p>
                ) : (
                    <RunnerTable runners={runners.slice(0, most)} isShort />
                )
            }
        </Widget>
    );
}
