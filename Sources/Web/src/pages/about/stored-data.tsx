import { catalogKey, type Catalog, type KnownSeries, readCatalog } from "../../api/market-data";
import { adjustmentInWords, spelled, whole } from "../../lib/format";
import { timeframeNames } from "../../lib/kinds";
import { symbolPath } from "../../lib/routes";
import { isoDay } from "../../lib/time";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { useResource } from "../../ui/use-resource";

/** Every stored series: what it covers, how many bars, where they come from. */
export function StoredData(): JSX.Element {
    const [catalog, retry] = useResource<Catalog>(catalogKey, readCatalog);
    return (
        <div className="card" role="group" aria-labelledby="stored-heading">
            <div className="card-head">
                <h3 id="stored-heading">Stored prices</h3>
                <Link href="/markets">All markets</Link>
            </div>
            {catalog.state === "loading" && <Skeleton label="Loading the list of stored prices" lines={6} />}
            {catalog.state === "failed" && (
                <FailureNotice what="The list of stored prices did not load." error={catalog.error} retry={retry} />
            )}
            {catalog.state === "ready" && catalog.value.series.length === 0 && (
                <EmptyNotice title="No prices are stored yet.">
                    An operator can <Link href="/data/import">import a file</Link> of prices.
                </EmptyNotice>
            )}
            {catalog.state === "ready" && catalog.value.series.length > 0 && <Table series={catalog.value.series} />}
        </div>
    );
}

/** A server with hundreds of them shows these here, and the Data room the rest. */
const shown = 30;

const Table = ({ series }: { series: readonly KnownSeries[] }): JSX.Element => (
    <>
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Table of stored prices">
            <table data-testid="stored">
                <thead>
                    <tr>
                        <th scope="col">Symbol</th>
                        <th scope="col">Interval</th>
                        <th scope="col">First</th>
                        <th scope="col">Last</th>
                        <th scope="col" className="number">
                            Bars
                        </th>
                        <th scope="col">Source</th>
                        <th scope="col">Adjustment</th>
                    </tr>
                </thead>
                <tbody>
                    {series.slice(0, shown).map(({ stored }) => (
                        <tr key={`${stored.symbol} ${stored.interval}`}>
                            <th scope="row">
                                <Link href={symbolPath(stored.symbol)}>{stored.symbol}</Link>
                            </th>
                            <td>{timeframeNames[stored.interval]}</td>
                            <td>{isoDay(stored.first)}</td>
                            <td>{isoDay(stored.last)}</td>
                            <td className="number">{whole(stored.bars)}</td>
                            <td className="dim">{spelled(stored.provider)}</td>
                            <td className="dim">{adjustmentInWords(stored.adjustment)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
        {series.length > shown && (
            <p className="table-note">
                These are the first {shown} of {whole(series.length)}; <Link href="/data">Data</Link> has all of them.
            </p>
        )}
    </>
);
