import type { PaperAccount } from "api-types";
import { money } from "../../lib/format";
import { Stat, Stats } from "../../ui/parts";
import { Widget, type WidgetProps } from "./widget";

/** The simulated money. What it is invested in comes with paper trading. */
export const PaperCash = (props: WidgetProps<PaperAccount>): JSX.Element => (
    <Widget {...props} title="Paper account" fault="Your paper account did not load.">
        {({ baseCurrency, cashBalance }) => (
            <Stats>
                <Stat
                    label="Cash"
                    value={money(cashBalance, baseCurrency)}
                    detail="Simulated money"
                    explain="Every account starts with simulated cash. It is never real money, and backtests do not touch it."
                />
            </Stats>
        )}
    </Widget>
);
