import { useState } from "react";
import { type Alert, armAlert, removeAlert, setAlert } from "../../api/alerts";
import { isPriceAlert, kindFor, type PriceKind, priceAlertWords } from "../../lib/alert-words";
import { positive } from "../../lib/amounts";
import { faultOf, Form, mistake, NumberField, SelectField } from "../../ui/form";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice } from "../../ui/notices";
import { Button, Card } from "../../ui/parts";
import { Rows } from "../../ui/rows";
import { SymbolField } from "../../ui/symbol-field";
import type { Reload, Resource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { When } from "../../ui/when";
import { symbolPath } from "../../lib/routes";
import { Reading } from "../trade/reading";

interface Props {
    readonly alerts: Resource<readonly Alert[]>;
    readonly reload: Reload;
    /** What the form begins with; empty for nothing. */
    readonly symbol: string;
    /** The price that the level is compared with, where it is known. */
    readonly last: string;
}

/** Alerts for prices: the form for a new one, and those that are set. */
export function PriceAlerts({ alerts, reload, symbol, last }: Props): JSX.Element {
    const [work, run] = useWork();
    return (
        <Card title="Price alerts">
            <NewAlert symbol={symbol} last={last} />
            {work.error !== null && <FailureNotice what="The alert stayed as it was." error={work.error} />}
            <Reading found={alerts} reload={reload} what="your alerts">
                {(all) => {
                    const own = all.filter(isPriceAlert);
                    return (
                        <Rows
                            count={own.length}
                            none={<EmptyNotice title="No price alerts.">Each fires once; then you can arm it again.</EmptyNotice>}
                        >
                            {own.map((alert) => (
                                <li key={alert.id} data-testid="price-alert">
                                    <span>
                                        <b>
                                            <Link href={symbolPath(alert.symbol ?? "")}>{priceAlertWords(alert)}</Link>
                                        </b>
                                        <small>
                                            {alert.isArmed ? (
                                                "Waiting"
                                            ) : alert.firedAt === null ? (
                                                "Switched off by a split"
                                            ) : (
                                                <>
                                                    Told <When at={alert.firedAt} />
                                                </>
                                            )}
                                        </small>
                                    </span>
                                    <span className="row">
                                        {!alert.isArmed && (
                                            <Button
                                                aria-label={`Arm again: ${priceAlertWords(alert)}`}
                                                onClick={() => void run(() => armAlert(alert.id))}
                                            >
                                                Arm again
                                            </Button>
                                        )}
                                        <Button
                                            aria-label={`Remove: ${priceAlertWords(alert)}`}
                                            onClick={() => void run(() => removeAlert(alert.id))}
                                        >
                                            Remove
                                        </Button>
                                    </span>
                                </li>
                            ))}
                        </Rows>
                    );
                }}
            </Reading>
        </Card>
    );
}

const kinds = [
    { value: "price_above", label: "rises to" },
    { value: "price_below", label: "falls to" },
] as const;

const decimals = 12;

function NewAlert({ symbol: first, last }: { symbol: string; last: string }): JSX.Element {
    const [symbol, setSymbol] = useState(first);
    const [level, setLevel] = useState("");
    const [chosen, setChosen] = useState<PriceKind | null>(null);
    const [work, run] = useWork();
    const price = symbol === first ? Number(last) : 0;
    const kind = chosen ?? (price > 0 && positive(level, decimals) !== null ? kindFor(Number(positive(level, decimals)), price) : "price_above");
    const submit = async (): Promise<void> => {
        const isSet = await run(async () => {
            if (symbol === "") throw mistake("symbol", "Choose a symbol.");
            const wanted = positive(level, decimals);
            if (wanted === null) throw mistake("level", "A price, such as 150 or 0.25.");
            await setAlert({ kind, symbol, level: wanted });
        });
        if (isSet) {
            setLevel("");
            setChosen(null);
        }
    };
    return (
        <Form
            work={work}
            submit={() => void submit()}
            what="No alert was set."
            fields={["symbol", "level"]}
            label="New price alert"
        >
            <div className="form-grid">
                <SymbolField
                    label="When"
                    assetType={null}
                    symbol={symbol}
                    choose={setSymbol}
                    fault={faultOf(work.error, "symbol")}
                />
                <SelectField label="Direction" options={kinds} value={kind} change={setChosen} />
                <NumberField
                    label="Price"
                    value={level}
                    change={setLevel}
                    fault={faultOf(work.error, "level")}
                    hint={price > 0 && `Last close ${last}`}
                    explain="The high or low of a bar that is not stored yet has to reach it."
                />
            </div>
            <p className="form-actions">
                <Button type="submit" kind="primary" isBusy={work.isRunning}>
                    Set alert
                </Button>
            </p>
        </Form>
    );
}
