import { ageOfPrices } from "../lib/price-age";
import { InfoIcon } from "./icons";

/** Says how old the prices on the page are, before anyone takes them for today's; nothing while they are of this week. */
export function PricesAsOf({ newest }: { newest: readonly number[] }): JSX.Element | null {
    const words = ageOfPrices(newest, Date.now() / 1000);
    return words === null ? null : (
        <p className="prices-as-of" data-testid="prices-as-of">
            <InfoIcon />
            <span>{words}</span>
        </p>
    );
}
