import "../shared";
import { useBearInMind } from "../ui/symbol-in-mind";
import { keptOf } from "../ui/kept";
import { PageHeading, useQuery } from "../ui/navigation";
import { WithStrategies } from "../ui/with-strategies";
import { RunFormView } from "./backtests/form";
import { formName } from "./backtests/form-of";

/** The form for a run: filled in from the address, else as it was last sent. */
export default function NewBacktest(): JSX.Element {
    // It may be written small, as in other addresses.
    useBearInMind(new URLSearchParams(useQuery()).get("symbol")?.toUpperCase() || null);
    return (
        <div className="page page-form">
            <div>
                <PageHeading title="New backtest · BitStockerz">New backtest</PageHeading>
                <p className="sub">Replay history bar by bar with your rules, your costs and nothing known in advance.</p>
            </div>
            <WithStrategies
                last={keptOf(formName)?.["strategy"]}
                none={{ title: "A backtest needs a strategy.", advice: "; it takes a minute." }}
            >
                {(strategies, address) => <RunFormView {...{ strategies, address }} />}
            </WithStrategies>
        </div>
    );
}
