import "../shared";
import { useState } from "react";
import { strategiesKey, strategyList } from "../api/strategies";
import { newStrategyPath, tradePath } from "../lib/routes";
import { Link, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { PaperMark } from "../ui/paper-mark";
import { Notice } from "../ui/parts";
import { useFittingAddress } from "../ui/use-fitting-address";
import { useResource } from "../ui/use-resource";
import { StartForm } from "./runners/start-form";

/** The form that starts a strategy on paper, filled in from the address. */
export default function NewRunner(): JSX.Element {
    const query = useQuery();
    const [strategies, retry] = useResource(strategiesKey, strategyList);
    const [asked] = useState(() => Object.fromEntries(new URLSearchParams(query)));
    const own = strategies.state === "ready" ? strategies.value : null;
    const address = useFittingAddress(asked, own, null);
    const wanted = asked["strategy"] ?? null;
    return (
        <div className="page page-form">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href={tradePath()}>Trade</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">Start a strategy</span>
            </nav>
            <div>
                <PageHeading title="Start a strategy on paper · BitStockerz">
                    Start a strategy on paper <PaperMark />
                </PageHeading>
                <p className="sub">One version trades forward by itself, bar by bar, with simulated money.</p>
            </div>
            {(strategies.state === "loading" || (own !== null && address === null)) && <Skeleton label="Loading your strategies" lines={6} className="card" />}
            {strategies.state === "failed" && (
                <FailureNotice what="Your strategies could not be loaded." error={strategies.error} retry={retry} />
            )}
            {strategies.state === "ready" &&
                (strategies.value.length === 0 ? (
                    <EmptyNotice title="There is no strategy to start yet.">
                        <Link href={newStrategyPath(null, asked["symbol"])}>Make one from a template</Link>, and test it on the past first.
                    </EmptyNotice>
                ) : (
                    address && (
                        <>
                            {wanted !== null && strategies.value.every(({ id }) => id !== wanted) && (
                                <Notice tone="warning" title="That strategy is not there any more.">
                                    It may have been deleted. The form has another one of yours.
                                </Notice>
                            )}
                            <StartForm strategies={strategies.value} address={address} />
                        </>
                    )
                ))}
        </div>
    );
}
