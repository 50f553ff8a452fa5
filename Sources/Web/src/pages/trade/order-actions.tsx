/* What can be done with an order that rests. */
import type { Order } from "api-types";
import { useState } from "react";
import { cancelOrder } from "../../api/trading";
import { inWords } from "../../lib/trading/words";
import { Button, toast } from "../../ui/parts";
import { useWork } from "../../ui/use-work";
import { ChangeOrder } from "./change-order";

export function OrderActions({ order }: { order: Order }): JSX.Element {
    const [isChanging, setChanging] = useState(false);
    const [work, run] = useWork();
    const name = inWords(order);
    const cancel = async (): Promise<void> => {
        try {
            await cancelOrder(order.id);
            toast(`Cancelled: ${name}.`);
        } catch (error) {
            toast(`Not cancelled: ${name}. ${error instanceof Error ? error.message : ""}`.trim());
        }
    };
    return (
        <span className="row-actions">
            <Button aria-label={`Change: ${name}`} onClick={() => setChanging(true)}>
                Change
            </Button>
            <Button aria-label={`Cancel: ${name}`} isBusy={work.isRunning} onClick={() => void run(cancel)}>
                Cancel
            </Button>
            <ChangeOrder order={order} isOpen={isChanging} close={() => setChanging(false)} />
        </span>
    );
}
