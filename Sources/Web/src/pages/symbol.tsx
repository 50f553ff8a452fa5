import "../shared";
import { useEffect, useRef } from "react";
import { ApiError } from "../api/http";
import { symbolDetails, symbolKey } from "../api/resources";
import type { SymbolDetails } from "../api/symbols";
import type { RoomProps } from "../lib/routes";
import { Link, PageHeading } from "../ui/navigation";
import { EmptyNotice, FailureNotice } from "../ui/notices";
import { useBearInMind } from "../ui/symbol-in-mind";
import { useResource } from "../ui/use-resource";
import { SymbolChart } from "./symbol/symbol-chart";
import { SymbolFrame } from "./symbol/symbol-frame";

/** One symbol: its chart and the bars behind it. */
export default function SymbolPage({ params }: RoomProps): JSX.Element {
    const symbol = params["symbol"]!;
    const [details, retry] = useResource<SymbolDetails>(symbolKey(symbol), () => symbolDetails(symbol));
    const isStored = details.state === "ready" && details.value.intervals.length > 0;
    useBearInMind(isStored ? symbol : null);
    const body = useRef<HTMLDivElement>(null);
    const isRetried = useRef(false);
    useEffect(() => {
        // The button that was pressed is gone with its notice.
        if (isRetried.current) body.current?.focus({ preventScroll: true });
        isRetried.current = false;
    });
    const again = (): void => {
        isRetried.current = true;
        retry();
    };
    return (
        <div ref={body} className="page page-workspace symbol" tabIndex={-1}>
            <Body symbol={symbol} details={details} retry={again} />
        </div>
    );
}

interface BodyProps {
    readonly symbol: string;
    readonly details: ReturnType<typeof useResource<SymbolDetails>>[0];
    readonly retry: () => void;
}

function Body({ symbol, details, retry }: BodyProps): JSX.Element {
    if (details.state === "loading") return <SymbolFrame symbol={symbol} />;
    if (details.state === "ready" && details.value.intervals.length > 0) return <SymbolChart details={details.value} />;
    return (
        <>
            <PageHeading title={`${symbol} · BitStockerz`}>{symbol}</PageHeading>
            {details.state === "ready" ? (
                <EmptyNotice title="No prices are stored for this symbol yet.">
                    An operator can <Link href="/data/import">import a file</Link> of them or have them{" "}
                    <Link href="/data/sources">fetched</Link>.
                </EmptyNotice>
            ) : details.error instanceof ApiError && details.error.isNotFound ? (
                <EmptyNotice title={`No symbol ${symbol} is stored here.`}>
                    Search above for another one, or look at <Link href="/markets">all symbols</Link>.
                </EmptyNotice>
            ) : (
                <FailureNotice what={`${symbol} could not be loaded.`} error={details.error} retry={retry} />
            )}
        </>
    );
}
