import { previewOrder, tradingKey } from "../../api/trading";
import { type PurchaseRooms, purchaseRooms } from "../../lib/trading/runner-form";
import { useResource } from "../../ui/use-resource";

/** What is asked about: the limits are told with every preview, whatever it is of. */
const probe = 1;

/** How much a purchase of the symbol may be worth; null until that is known, and where it cannot be. */
export function usePurchaseRooms(symbol: string): PurchaseRooms | null {
    const [found] = useResource<PurchaseRooms | null>(symbol === "" ? "" : `${tradingKey}/rooms/${symbol}`, async () => {
        if (symbol === "") return null;
        const { limits } = await previewOrder({ symbol, side: "BUY", order_type: "MARKET", notional: probe.toFixed(2) });
        return purchaseRooms(limits, probe);
    });
    return found.state === "ready" ? found.value : null;
}
