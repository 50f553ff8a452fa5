/* What is stored of prices: how fresh, how whole, and what was found in it. */
import "../shared";
import { catalogKey, type Catalog, readCatalog } from "../api/market-data";
import { isSetAside } from "../lib/data/standing";
import { counted } from "../lib/format";
import { Link } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Card } from "../ui/parts";
import { useResource } from "../ui/use-resource";
import { DataHead, useMayImport } from "./data/data-head";
import { SeriesTable } from "./data/series-table";

export default function DataRoom(): JSX.Element {
    const [catalog, reload] = useResource<Catalog>(catalogKey, readCatalog);
    return (
        <div className="page">
            <DataHead title="Data">
                {catalog.state === "ready" && catalog.value.series.length > 0
                    ? inOneSentence(catalog.value)
                    : "Every series of prices on this server, and what is known of it."}
            </DataHead>
            {catalog.state === "loading" && <Skeleton label="Loading the series" lines={10} className="card" />}
            {catalog.state === "failed" && (
                <FailureNotice what="The series did not load." error={catalog.error} retry={reload} />
            )}
            {catalog.state === "ready" && <Series catalog={catalog.value} />}
        </div>
    );
}

function Series({ catalog }: { catalog: Catalog }): JSX.Element {
    const mayImport = useMayImport();
    return catalog.series.length === 0 ? (
        <EmptyNotice title="No prices yet.">
            {mayImport ? (
                <>
                    <Link href="/data/import">Import a file</Link>, or have prices <Link href="/data/sources">fetched</Link>.
                </>
            ) : (
                "An operator can bring prices in."
            )}
        </EmptyNotice>
    ) : (
        <Card isFlush>
            <SeriesTable series={catalog.series} />
        </Card>
    );
}

/** `16 series: 2 with errors, 4 with warnings, 16 behind.` */
function inOneSentence({ health, series }: Catalog): string {
    const setAside = series.filter(({ stored }) => isSetAside(stored)).length;
    const parts = [
        health.withErrors > 0 && `${health.withErrors} with errors`,
        health.withWarnings > 0 && `${health.withWarnings} with warnings`,
        setAside > 0 && `${setAside} set aside`,
        health.stale > 0 && `${health.stale} behind`,
        health.unchecked > 0 && `${health.unchecked} not checked yet`,
    ].filter(Boolean);
    return `${counted(health.series, "series")}: ${parts.join(", ") || "all fresh and sound"}.`;
}
