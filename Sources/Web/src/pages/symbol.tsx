import "../shared";
import type { SymbolDetails } from "../api/symbols";
import { symbolDetails, symbolKey } from "../api/resources";
import { ApiError } from "../api/http";
import type { RoomProps } from "../lib/routes";
import { Link, PageHeading } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { useResource } from "../ui/use-resource";
import { SymbolChart } from "./symbol/symbol-chart";

/** One symbol: its chart and the bars behind it. */
export default function SymbolPage({ params }: RoomProps): JSX.Element {
    const symbol = params["symbol"]!;
    const [details, retry] = useResource<SymbolDetails>(symbolKey(symbol), () => symbolDetails(symbol));
    return (
        <div className="page">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href="/markets">Markets</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">{symbol}</span>
            </nav>
            <Body symbol={symbol} details={details} retry={retry} />
        </div>
    );
}

interface BodyProps {
    readonly symbol: string;
    readonly details: ReturnType<typeof useResource<SymbolDetails>>[0];
    readonly retry: () => void;
}

function Body({ symbol, details, retry }: BodyProps): JSX.Element {
    if (details.state === "ready" && details.value.intervals.length > 0) return <SymbolChart details={details.value} />;
    return (
        <>
            <PageHeading title={`${symbol} · BitStockerz`}>{symbol}</PageHeading>
            {details.state === "loading" && (
                <Skeleton label={`Loading ${symbol}`} className="chart-skeleton" lines={1} />
            )}
            {details.state === "ready" && (
                <EmptyNotice title="No prices are stored for this symbol yet.">
                    Import them with <code>bitstockerz import --symbol {symbol}</code>, then load this page again.
                </EmptyNotice>
            )}
            {details.state === "failed" &&
                (details.error instanceof ApiError && details.error.isNotFound ? (
                    <EmptyNotice title={`No symbol ${symbol} is stored here.`}>
                        Search above for another one, or look at <Link href="/markets">all symbols</Link>.
                    </EmptyNotice>
                ) : (
                    <FailureNotice what={`${symbol} could not be loaded.`} error={details.error} retry={retry} />
                ))}
        </>
    );
}
