import "../shared";
import { useEffect, useState } from "react";
import { strategiesKey, strategyList } from "../api/strategies";
import { newStrategyPath } from "../lib/routes";
import { Link, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Notice } from "../ui/parts";
import { keptOf } from "../ui/kept";
import { bearInMind } from "../ui/symbol-in-mind";
import { useFittingAddress } from "../ui/use-fitting-address";
import { useResource } from "../ui/use-resource";
import { RunFormView } from "./backtests/form";
import { formName } from "./backtests/form-of";

/** The form for a run: filled in from the address, else as it was last sent. */
export default function NewBacktest(): JSX.Element {
    const query = useQuery();
    const [strategies, retry] = useResource(strategiesKey, strategyList);
    const [asked] = useState(() => Object.fromEntries(new URLSearchParams(query)));
    const own = strategies.state === "ready" ? strategies.value : null;
    const address = useFittingAddress(asked, own, keptOf(formName)?.["strategy"]);
    const { symbol } = asked;
    useEffect(() => {
        if (symbol) bearInMind(symbol);
    }, [symbol]);
    const wanted = asked["strategy"] ?? null;
    return (
        <div className="page page-form">
            <div>
                <PageHeading title="New backtest · BitStockerz">New backtest</PageHeading>
                <p className="sub">Replay history bar by bar with your rules, your costs and nothing known in advance.</p>
            </div>
            {(strategies.state === "loading" || (own !== null && address === null)) && <Skeleton label="Loading your strategies" lines={6} className="card" />}
            {strategies.state === "failed" && (
                <FailureNotice what="Your strategies could not be loaded." error={strategies.error} retry={retry} />
            )}
            {strategies.state === "ready" &&
                (strategies.value.length === 0 ? (
                    <EmptyNotice title="A backtest needs a strategy.">
                        <Link href={newStrategyPath(null, asked["symbol"])}>Make one from a template</Link>; it takes a minute.
                    </EmptyNotice>
                ) : (
                    address && (
                        <>
                            {wanted !== null && strategies.value.every(({ id }) => id !== wanted) && (
                                <Notice tone="warning" title="That strategy is not there any more.">
                                    It may have been deleted. The form has another one of yours.
                                </Notice>
                            )}
                            <RunFormView strategies={strategies.value} address={address} />
                        </>
                    )
                ))}
        </div>
    );
}
