import type { Order } from "api-types";
import { outcomeInWords } from "../../lib/trading/words";
import { Link } from "../../ui/navigation";
import { Notice } from "../../ui/parts";
import type { Outcome } from "./use-ticket";

interface Props {
    readonly outcome: Outcome;
    /** Where an order has a page of its own. */
    readonly orderHref?: ((id: string) => string) | undefined;
}

/** What came of the order that was sent, in words. */
export function OutcomeNotice({ outcome, orderHref }: Props): JSX.Element {
    if (outcome.kind === "answered") return <Told order={outcome.order} orderHref={orderHref} />;
    return (
        <Notice tone="warning" title="Your order of before has arrived after all.">
            Its answer had been lost. What is in the ticket now is a new order, and was not placed.
            {outcome.order ? <Told order={outcome.order} orderHref={orderHref} /> : " Look at your orders before you send it."}
        </Notice>
    );
}

function Told({ order, orderHref }: Pick<Props, "orderHref"> & { readonly order: Order }): JSX.Element {
    const { tone, title, text } = outcomeInWords(order);
    return (
        <Notice tone={tone} title={title}>
            {text} {orderHref && <Link href={orderHref(order.id)}>View order</Link>}
        </Notice>
    );
}
