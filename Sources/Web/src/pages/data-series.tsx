/* All that is known of the stored bars of one symbol. */
import "../shared";
import { type KnownSeries, symbolSeries, symbolSeriesKey } from "../api/market-data";
import { newBacktestPath, type RoomProps, symbolPath } from "../lib/routes";
import { Link, PageHeading } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { useResource } from "../ui/use-resource";
import { useMayImport } from "./data/data-head";
import { FetchNow } from "./data/fetch-now";
import { SeriesCard } from "./data/series-card";

export default function DataSeriesRoom({ params }: RoomProps): JSX.Element {
    const symbol = params["symbol"]!;
    const [found, reload] = useResource<readonly KnownSeries[]>(symbolSeriesKey(symbol), () => symbolSeries(symbol));
    const mayImport = useMayImport();
    const name = found.state === "ready" ? found.value[0]?.stored.name : undefined;
    return (
        <div className="page data-series">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href="/data">Data</Link> <span aria-hidden="true">/</span> <span aria-current="page">{symbol}</span>
            </nav>
            <div className="page-head">
                <div>
                    <PageHeading title={`Data of ${symbol} · BitStockerz`}>
                        {symbol} {name !== undefined && name !== symbol && <small>{name}</small>}
                    </PageHeading>
                    <p className="sub">What is stored, and what was found in it.</p>
                </div>
                {found.state === "ready" && found.value.length > 0 && (
                    <p className="row">
                        {mayImport && <FetchNow series={found.value} />}
                        <Link href={symbolPath(symbol)} className="button">
                            Chart
                        </Link>
                        <Link href={newBacktestPath({ symbol })} className="button">
                            Test a strategy
                        </Link>
                    </p>
                )}
            </div>
            {found.state === "loading" && <Skeleton label={`Loading what is known of ${symbol}`} lines={10} className="card" />}
            {found.state === "failed" && (
                <FailureNotice what={`What is known of ${symbol} did not load.`} error={found.error} retry={reload} />
            )}
            {found.state === "ready" && found.value.length === 0 && (
                <EmptyNotice title={`No prices of ${symbol} are stored here.`}>
                    Look at <Link href="/data">all series</Link>, or search above for another symbol.
                </EmptyNotice>
            )}
            {found.state === "ready" &&
                found.value.map((series) => <SeriesCard key={series.stored.interval} series={series} />)}
        </div>
    );
}
