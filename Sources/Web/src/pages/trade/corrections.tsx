import { type Correction, correctionsKey, readCorrections } from "../../api/trading";
import { orderPath } from "../../lib/routes";
import { barInWords, barNowInWords, doneWords, priceText, quantityText } from "../../lib/trading/words";
import { Link } from "../../ui/navigation";
import { Notice } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";

/** So many are told one by one. */
const maximumTold = 3;

/** Fills whose bar was corrected since; nothing where there are none, which is how it should be. */
export function Corrections(): JSX.Element | null {
    const [found] = useResource<readonly Correction[]>(correctionsKey, readCorrections);
    if (found.state !== "ready" || found.value.length === 0) return null;
    const more = found.value.length - maximumTold;
    return (
        <Notice tone="warning" title="A price was corrected after it had filled an order. What was filled stays as it is.">
            <ul data-testid="corrections">
                {found.value.slice(0, maximumTold).map((one) => (
                    <li key={one.execution.id}>
                        <Link href={orderPath(one.execution.orderId)}>
                            {doneWords[one.execution.side]} {quantityText(one.execution.quantity)} {one.execution.symbol} at{" "}
                            {priceText(one.execution.price)}
                        </Link>
                        : {barInWords(one.execution)} {barNowInWords(one)}
                    </li>
                ))}
            </ul>
            {more > 0 && <p>And {more === 1 ? "one more" : `${more} more`}.</p>}
        </Notice>
    );
}
