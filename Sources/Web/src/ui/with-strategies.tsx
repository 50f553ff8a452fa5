/* What stands round a form that needs one of the reader's strategies: they are loaded, there are none, one is gone. */
import type { Strategy } from "api-types";
import { useState } from "react";
import { strategiesKey, strategyList } from "../api/strategies";
import { newStrategyPath } from "../lib/routes";
import { Link, useQuery } from "./navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "./notices";
import { Notice } from "./parts";
import { Templates } from "./templates";
import { type Address, useFittingAddress } from "./use-fitting-address";
import { useResource } from "./use-resource";

interface Props {
    /** The strategy that the form was last used with. */
    readonly last: unknown;
    /** What is said where there is no strategy yet, and behind the way to one. */
    readonly none: { readonly title: string; readonly advice: string };
    /** The form, which begins with what the address says. */
    readonly children: (strategies: readonly Strategy[], address: Address) => JSX.Element;
}

export function WithStrategies({ last, none, children }: Props): JSX.Element {
    const query = useQuery();
    const [found, retry] = useResource(strategiesKey, strategyList);
    const [asked] = useState(() => Object.fromEntries(new URLSearchParams(query)));
    const strategies = found.state === "ready" ? found.value : null;
    const address = useFittingAddress(asked, strategies, last);
    if (found.state === "failed")
        return <FailureNotice what="Your strategies could not be loaded." error={found.error} retry={retry} />;
    if (strategies?.length === 0) {
        return (
            <>
                <EmptyNotice title={none.title}>
                    Start from a template below, or <Link href={newStrategyPath(null, asked["symbol"])}>build your own</Link>
                    {none.advice}
                </EmptyNotice>
                <Templates symbol={asked["symbol"] ?? null} />
            </>
        );
    }
    if (strategies === null || address === null)
        return <Skeleton label="Loading your strategies" lines={6} className="card" />;
    const wanted = asked["strategy"];
    return (
        <>
            {wanted !== undefined && strategies.every(({ id }) => id !== wanted) && (
                <Notice tone="warning" title="That strategy is not there any more.">
                    It may have been deleted. The form has another one of yours.
                </Notice>
            )}
            {children(strategies, address)}
        </>
    );
}
