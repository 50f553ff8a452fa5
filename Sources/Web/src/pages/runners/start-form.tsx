/* Which version, on what, with how much: the form that starts a runner. */
import type { Strategy } from "api-types";
import { useState } from "react";
import { timeframeNames } from "../../lib/kinds";
import { newRunnerPath } from "../../lib/routes";
import {
    hasStopLoss,
    proposedCapital,
    runnerFaults,
    runnerFieldOf,
    type RunnerForm,
    runnerFormIn,
    type RunnerSizing,
    sizedFor,
} from "../../lib/trading/runner-form";
import { cash } from "../../lib/trading/words";
import { faultsByField, Form, MoneyField, PercentField, SelectField } from "../../ui/form";
import { Button, Card, Segmented } from "../../ui/parts";
import { StrategyFields, useVersions } from "../../ui/strategy-fields";
import { useAddress } from "../../ui/use-address";
import { useAwaited } from "../../ui/use-awaited";
import { StartTrouble } from "./start-trouble";
import { usePurchaseRooms } from "./use-purchase-rooms";
import { useStart } from "./use-start";

interface Props {
    readonly strategies: readonly Strategy[];
    /** What the form is filled in with, by the names of its fields. */
    readonly address: Readonly<Record<string, unknown>>;
}

const sizings: readonly { readonly value: RunnerSizing; readonly label: string }[] = [
    { value: "allocation_pct", label: "Share" },
    { value: "risk_pct", label: "Risk" },
];

export function StartForm({ strategies, address }: Props): JSX.Element {
    const [typed, setTyped] = useState<RunnerForm>(() => runnerFormIn(address, strategies));
    // Until somebody has typed another.
    const [isProposed, setProposed] = useState(typed.capital === "");
    const [refused, setRefused] = useState(0);
    const strategy = strategies.find(({ id }) => id === typed.strategy);
    const versions = useVersions(strategy);
    const version = versions?.find(({ versionId }) => String(versionId) === typed.version);
    const hasStop = hasStopLoss((version ?? strategy)?.definition);
    const found = usePurchaseRooms(typed.symbol);
    const rooms = found.state === "ready" ? found.value : null;
    const sized = sizedFor(typed, hasStop);
    const form = isProposed && rooms ? { ...sized, capital: proposedCapital(rooms) } : sized;
    const writeAddress = useAddress(newRunnerPath({ ...typed }));
    const { work, outcome, start } = useStart();
    const change = (part: Partial<RunnerForm>): void => {
        giveUp();
        work.clear();
        setTyped({ ...sized, ...part });
    };

    const own = refused > 0 ? runnerFaults(form) : {};
    const served = faultsByField(work.error, runnerFieldOf);
    const fault = (name: keyof RunnerForm): string | null => own[name] ?? served.get(name) ?? null;
    // How a purchase is sized hangs on the version, and the capital that is proposed on the account.
    const isThere = (typed.version === "" || versions !== null) && (!isProposed || found.state !== "loading");
    const { isWaiting, ask, giveUp } = useAwaited(isThere, () => {
        if (!strategy || Object.keys(runnerFaults(form)).length > 0) {
            setRefused((count) => count + 1);
            return;
        }
        // What was proposed and is sent stays: the start itself changes what would be proposed next.
        setProposed(false);
        setTyped(form);
        writeAddress();
        void start(form, strategy);
    });
    const isBusy = isWaiting || work.isRunning;
    return (
        <Form
            work={{ ...work, error: served.size > 0 ? work.error : null }}
            what="The strategy was not started."
            fields={Object.keys(runnerFieldOf)}
            submit={ask}
            label="Start a strategy on paper"
            refused={refused}
        >
            <Card title="What trades">
                <div className="form-grid">
                    <StrategyFields
                        {...{ strategies, form, change, fault }}
                        aboutVersion="The version is pinned: later changes of the strategy do not touch what runs."
                    />
                    <SelectField
                        label="Timeframe"
                        options={strategy ? [{ value: strategy.timeframe, label: timeframeNames[strategy.timeframe] }] : []}
                        value={strategy?.timeframe ?? ""}
                        change={() => undefined}
                        disabled
                        explain="That of the strategy: it looks at no other bars."
                    />
                </div>
                {strategy && <p className="form-note">{(version ?? strategy).summary}</p>}
            </Card>
            <Card title="With how much">
                <div className="form-grid">
                    <MoneyField
                        label="Capital"
                        value={form.capital}
                        change={(capital) => {
                            setProposed(false);
                            change({ capital });
                        }}
                        fault={fault("capital")}
                        hint={rooms ? `${cash(String(rooms.cash))} of your cash is free` : undefined}
                        explain="Set aside from the cash of your paper account. Nobody else may spend it until you stop the runner."
                    />
                    <div className="runner-size">
                        {form.sizing === "risk_pct" ? (
                            <PercentField
                                label="Risk of a purchase"
                                value={form.size}
                                change={(size) => change({ size })}
                                fault={fault("size")}
                                explain="How much of its equity is lost if the price falls from the purchase to the version’s stop loss. A gap through the stop loses more."
                            />
                        ) : (
                            <PercentField
                                label="Share for a purchase"
                                value={form.size}
                                change={(size) => change({ size })}
                                fault={fault("size")}
                                explain="How much of the runner’s own equity a purchase takes. At 100% all of it is bought with."
                            />
                        )}
                        {hasStop && (
                            <Segmented
                                label="Size by"
                                options={sizings}
                                value={form.sizing}
                                change={(sizing) => change({ sizing, size: sizing === "risk_pct" ? "1" : "100" })}
                            />
                        )}
                    </div>
                </div>
                {rooms && (
                    <p className="form-note">
                        A purchase of {form.symbol} may be worth {cash(String(rooms.purchase))} at most. One that would be worth
                        more, also after gains, is refused and missed.
                    </p>
                )}
            </Card>
            <Card title="What it will do">
                <ul className="bullets">
                    <li>It decides at the close of each new bar, and trades at the open of the bar after it. The first is the next that is stored.</li>
                    <li>It trades on paper: simulated money at stored prices. No order leaves this server.</li>
                    <li>Its capital is set aside: your own orders and other runners can neither spend it nor sell what it holds.</li>
                    <li>A forecast is stored with it, made from the version’s past. It is no promise, only something to hold it against.</li>
                </ul>
            </Card>
            <StartTrouble error={served.size > 0 ? null : work.error} outcome={outcome} />
            <p className="form-actions">
                <Button kind="primary" type="submit" isBusy={isBusy}>
                    {isBusy ? "Starting…" : "Start on paper"}
                </Button>
            </p>
        </Form>
    );
}
