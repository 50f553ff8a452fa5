/* Brings a symbol up to date, where its prices come from somebody who can be asked. */
import type { KnownSeries } from "../../api/market-data";
import { fetchPrices, type PriceProvider, readProviders, sourcesKey } from "../../api/sources";
import { jobsPath } from "../../lib/routes";
import { navigate } from "../../ui/navigation";
import { Button, toast } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";

export function FetchNow({ series }: { series: readonly KnownSeries[] }): JSX.Element | null {
    const [providers] = useResource<readonly PriceProvider[]>(sourcesKey, readProviders);
    const [work, run] = useWork();
    const { symbol, assetType } = series[0]!.stored;
    const canBeAsked =
        providers.state === "ready" &&
        series.some(({ stored }) => providers.value.some((one) => one.name === stored.provider && one.isConfigured));
    if (!canBeAsked) return null;
    const start = async (): Promise<void> => {
        try {
            navigate(jobsPath(await fetchPrices(assetType, symbol)));
        } catch (error) {
            toast(`${symbol} is not fetched. ${error instanceof Error ? error.message : ""}`.trim());
        }
    };
    return (
        <Button isBusy={work.isRunning} onClick={() => void run(start)}>
            Fetch now
        </Button>
    );
}
