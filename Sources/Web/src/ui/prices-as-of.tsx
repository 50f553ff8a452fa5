import { ageOfPrices, dayOfPrices } from "../lib/price-age";
import { InfoIcon } from "./icons";
import { useAgeAbove } from "./top-notices";

/** Says how old the prices on the page are, before anyone takes them for today's; nothing while they are of this week. */
export function PricesAsOf({ newest }: { newest: readonly number[] }): JSX.Element | null {
    const now = Date.now() / 1000;
    const words = ageOfPrices(newest, now);
    const note = useAgeAbove(dayOfPrices(newest, "1d", now));
    return words === null ? null : (
        <p ref={note} className="prices-as-of" data-testid="prices-as-of">
            <InfoIcon />
            <span>{words}</span>
        </p>
    );
}

/** The same above a list whose prices are still on their way: its place is kept, so that the list does not move. */
export const PricesSlot = ({ newest, isLoading }: { newest: readonly number[]; isLoading: boolean }): JSX.Element => (
    <div className={isLoading || newest.length > 0 ? "prices-slot" : undefined}>
        {!isLoading && <PricesAsOf newest={newest} />}
    </div>
);
