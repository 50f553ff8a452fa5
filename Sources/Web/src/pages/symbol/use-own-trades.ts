import type { Execution, Order } from "api-types";
import { useAccount } from "../../ui/use-account";
import { useResource } from "../../ui/use-resource";

export interface OwnTrades {
    readonly orders: readonly Order[];
    readonly executions: readonly Execution[];
}

const none: OwnTrades = { orders: [], executions: [] };

/**
 * What the reader has traded of a symbol on paper, and what waits to be; nothing for a visitor. The chart is whole without
 * it: where it does not come, nobody is told.
 */
export function useOwnTrades(symbol: string): OwnTrades {
    const account = useAccount();
    const isUser = account.state === "signed-in" && account.profile.session?.kind === "full";
    const [found] = useResource<OwnTrades>(isUser ? `trading/symbol/${symbol}` : "trades of a visitor", async () => {
        if (!isUser) return none;
        const { readExecutions, readOrders } = await import("../../api/trading");
        const [orders, executions] = await Promise.all([readOrders({ status: "PENDING", symbol }), readExecutions(symbol)]);
        return { orders: orders.rows, executions: executions.rows };
    });
    return found.state === "ready" ? found.value : none;
}
