/* On which symbol, from which day, with how much: the form that opens practice on past days. */
import type { Timeframe } from "api-types";
import { useState } from "react";
import { openReplay } from "../../api/replays";
import { symbolDetails, symbolKey } from "../../api/resources";
import type { SymbolDetails } from "../../api/symbols";
import { Intention } from "../../lib/intention";
import { timeframeNames } from "../../lib/kinds";
import { newPracticePath, practicePath } from "../../lib/routes";
import { isoDay, writtenDay } from "../../lib/time";
import {
    practiceFaults,
    practiceFieldOf,
    practiceFieldOfCode,
    type PracticeForm,
    practiceFormIn,
    practiceSent,
    proposedFor,
} from "../../lib/trading/practice-form";
import { DateField, faultsByField, Form, landed, MoneyField, SelectField } from "../../ui/form";
import { navigate } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Button, Card } from "../../ui/parts";
import { SymbolField } from "../../ui/symbol-field";
import { useAddress } from "../../ui/use-address";
import { useAwaited } from "../../ui/use-awaited";
import { type Resource, useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";

// It outlives the room, as whoever goes away before the answer comes may come back.
const intention = new Intention();

interface Props {
    /** What the form is filled in with, by the names of its fields. */
    readonly address: Readonly<Record<string, unknown>>;
}

export function PracticeStart({ address }: Props): JSX.Element {
    const [typed, setTyped] = useState<PracticeForm>(() => practiceFormIn(address));
    const [refused, setRefused] = useState(0);
    const [work, run] = useWork();
    const found = useDetails(typed.symbol);
    const series = (found.state === "ready" && found.value?.series) || [];
    const form = proposedFor(typed, series);
    const stored = series.find(({ interval }) => interval === form.timeframe);
    const writeAddress = useAddress(newPracticePath({ ...typed }));
    const change = (part: Partial<PracticeForm>): void => {
        giveUp();
        work.clear();
        setTyped({ ...typed, ...part });
    };

    const own = refused > 0 ? practiceFaults(form) : {};
    const served = faultsByField(work.error, practiceFieldOf);
    const fault = (name: keyof PracticeForm): string | null => own[name] ?? served.get(name) ?? null;
    const { isWaiting, ask, giveUp } = useAwaited(found.state !== "loading", () => {
        if (Object.keys(practiceFaults(form)).length > 0) {
            setRefused((count) => count + 1);
            return;
        }
        writeAddress();
        void run(async () => {
            try {
                const sent = practiceSent(form);
                const { id } = await openReplay(sent, intention.keyOf(JSON.stringify(sent)));
                intention.done();
                navigate(practicePath(id));
            } catch (error) {
                throw landed(error, practiceFieldOfCode);
            }
        });
    });
    const isBusy = isWaiting || work.isRunning;
    return (
        <Form
            work={{ ...work, error: served.size > 0 ? work.error : null }}
            what="The practice was not opened."
            fields={Object.keys(practiceFieldOf)}
            submit={ask}
            label="Practise on past days"
            refused={refused}
        >
            <Card title="What to practise on">
                <div className="form-grid">
                    <SymbolField
                        label="Symbol"
                        assetType={null}
                        symbol={form.symbol}
                        // Another symbol has other bars.
                        choose={(symbol) => change({ symbol, timeframe: "", from: "" })}
                        fault={fault("symbol")}
                    />
                    <SelectField<Timeframe>
                        label="Timeframe"
                        options={series.map(({ interval }) => ({ value: interval, label: timeframeNames[interval] }))}
                        value={form.timeframe}
                        change={(timeframe) => change({ timeframe, from: "" })}
                        disabled={series.length === 0}
                        fault={fault("timeframe")}
                        explain="How long a bar is. Hours are kept of coins only."
                    />
                    <DateField
                        label="First day"
                        name="from"
                        value={form.from}
                        change={(from) => change({ from })}
                        fault={fault("from")}
                        min={stored && isoDay(stored.first)}
                        max={stored && isoDay(stored.last)}
                        hint={stored && `Stored from ${writtenDay(stored.first)} to ${writtenDay(stored.last)}`}
                        explain="Its bar is the newest there is when you begin. You see what lies before it, and nothing after."
                    />
                    <MoneyField
                        label="Starting balance"
                        name="balance"
                        value={form.balance}
                        change={(balance) => change({ balance })}
                        fault={fault("balance")}
                    />
                </div>
            </Card>
            <Card title="How it works">
                <ul className="bullets">
                    <li>It is practice: simulated money of its own. Nothing of it is the paper account’s.</li>
                    <li>You move the clock on bar by bar, and it never goes back. Orders trade at the close you see, or wait for later bars.</li>
                    <li>It ends where stored prices end.</li>
                </ul>
            </Card>
            {work.error !== null && served.size === 0 && (
                <FailureNotice what="The practice was not opened." error={work.error} />
            )}
            <p className="form-actions">
                <Button kind="primary" type="submit" isBusy={isBusy}>
                    {isBusy ? "Opening…" : "Begin"}
                </Button>
            </p>
        </Form>
    );
}

/** What is stored of the symbol; null where there is none. */
const useDetails = (symbol: string): Resource<SymbolDetails | null> =>
    useResource<SymbolDetails | null>(symbol === "" ? "no symbol" : symbolKey(symbol), async () =>
        symbol === "" ? null : symbolDetails(symbol),
    )[0];
