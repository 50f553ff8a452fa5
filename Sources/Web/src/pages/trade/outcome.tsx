import type { Order } from "api-types";
import { orderPath } from "../../lib/routes";
import { outcomeInWords } from "../../lib/trading/words";
import { Link } from "../../ui/navigation";
import { Notice } from "../../ui/parts";
import type { Outcome } from "./use-ticket";

/** What came of the order that was sent, in words. */
export function OutcomeNotice({ outcome }: { outcome: Outcome }): JSX.Element {
    if (outcome.kind === "answered") return <Told order={outcome.order} />;
    return (
        <Notice tone="warning" title="Your order of before has arrived after all.">
            Its answer had been lost. What is in the ticket now is a new order, and was not placed.
            {outcome.order ? <Told order={outcome.order} /> : " Look at your orders before you send it."}
        </Notice>
    );
}

function Told({ order }: { order: Order }): JSX.Element {
    const { tone, title, text } = outcomeInWords(order);
    return (
        <Notice tone={tone} title={title}>
            {text} <Link href={orderPath(order.id)}>The order</Link>
        </Notice>
    );
}
