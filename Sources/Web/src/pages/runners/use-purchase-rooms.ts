import { previewOrder, tradingKey } from "../../api/trading";
import { type PurchaseRooms, purchaseRooms } from "../../lib/trading/runner-form";
import { type Resource, useResource } from "../../ui/use-resource";

/** What is asked about: the limits are told with every preview, whatever it is of. */
const probe = 1;

/** How much a purchase of the symbol may be worth; null where that cannot be known. */
export function usePurchaseRooms(symbol: string): Resource<PurchaseRooms | null> {
    const [found] = useResource<PurchaseRooms | null>(symbol === "" ? "" : `${tradingKey}/rooms/${symbol}`, async () => {
        if (symbol === "") return null;
        const { limits } = await previewOrder({ symbol, side: "BUY", order_type: "MARKET", notional: probe.toFixed(2) });
        return purchaseRooms(limits, probe);
    });
    return found;
}
