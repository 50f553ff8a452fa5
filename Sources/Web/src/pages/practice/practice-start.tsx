/* On which symbols, from which day, with how much: the form that opens practice on past days. */
import type { Timeframe } from "api-types";
import { useRef, useState } from "react";
import { openReplay } from "../../api/replays";
import { symbolDetails } from "../../api/resources";
import type { SymbolDetails } from "../../api/symbols";
import { Intention } from "../../lib/intention";
import { timeframeNames } from "../../lib/kinds";
import { newPracticePath, practicePath } from "../../lib/routes";
import { isoDay, writtenDay } from "../../lib/time";
import {
    maximumSymbols,
    practiceAddress,
    practiceFaults,
    type PracticeFaults,
    type PracticeField,
    practiceFieldOf,
    practiceFieldOfCode,
    type PracticeForm,
    practiceFormIn,
    practiceSent,
    proposedFor,
    storedOfAll,
} from "../../lib/trading/practice-form";
import { DateField, faultsByField, Form, landed, MoneyField, SelectField } from "../../ui/form";
import { CloseIcon } from "../../ui/icons";
import { navigate } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Button, Card, IconButton } from "../../ui/parts";
import { SymbolField } from "../../ui/symbol-field";
import { useAddress } from "../../ui/use-address";
import { useAwaited } from "../../ui/use-awaited";
import { useKeptFocus } from "../../ui/use-kept-focus";
import { type Resource, useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";

// It outlives the room, as whoever goes away before the answer comes may come back.
const intention = new Intention();

const fresh = { timeframe: "", from: "" } as const;

interface Props {
    /** What the form is filled in with, by the names of its fields. */
    readonly address: Readonly<Record<string, unknown>>;
}

export function PracticeStart({ address }: Props): JSX.Element {
    const [typed, setTyped] = useState<PracticeForm>(() => practiceFormIn(address));
    const [refused, setRefused] = useState(0);
    const [work, run] = useWork();
    const found = useDetails(typed.symbols.filter((symbol) => symbol !== ""));
    const series = found.state === "ready" ? storedOfAll(found.value.map((one) => one.series)) : [];
    const form = proposedFor(typed, series);
    const stored = series.find(({ interval }) => interval === form.timeframe);
    const writeAddress = useAddress(newPracticePath(practiceAddress(typed)));
    const change = (part: Partial<PracticeForm>): void => {
        giveUp();
        work.clear();
        setTyped({ ...typed, ...part });
    };

    // Another symbol has other bars; what was said of one holds of those that come beside it.
    const isOfOne = typed.symbols.length === 1;
    const own: PracticeFaults = refused > 0 ? practiceFaults(form) : {};
    const served = faultsByField(work.error, practiceFieldOf);
    const fault = (name: PracticeField): string | null => own[name] ?? served.get(name) ?? null;
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
                    <Symbols
                        symbols={form.symbols}
                        change={(symbols) => change({ symbols, ...(isOfOne && symbols.length === 1 && fresh) })}
                        fault={(place) => fault(`symbols[${place}]`)}
                    />
                    <SelectField<Timeframe>
                        label="Timeframe"
                        options={series.map(({ interval }) => ({ value: interval, label: timeframeNames[interval] }))}
                        value={form.timeframe}
                        change={(timeframe) => change({ timeframe, from: "" })}
                        disabled={series.length === 0}
                        fault={fault("timeframe")}
                        explain="How long a bar is: of all symbols alike. Hours are kept of coins only."
                    />
                    <DateField
                        label="First day"
                        name="from"
                        value={form.from}
                        change={(from) => change({ from })}
                        fault={fault("from")}
                        min={stored && isoDay(stored.first)}
                        max={stored && isoDay(stored.last)}
                        hint={stored && `${form.symbols.length > 1 ? "All are stored" : "Stored"} from ${writtenDay(stored.first)} to ${writtenDay(stored.last)}`}
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
                    <li>Several symbols share one clock and one cash. Where one has no bar, it keeps its last close.</li>
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

interface SymbolsProps {
    readonly symbols: readonly string[];
    readonly change: (symbols: readonly string[]) => void;
    readonly fault: (place: number) => string | null;
}

function Symbols({ symbols, change, fault }: SymbolsProps): JSX.Element {
    const place = useRef<HTMLDivElement>(null);
    // The button goes with its field.
    useKeptFocus(place, symbols.length);
    return (
        <div ref={place} tabIndex={-1} role="group" aria-label="Symbols" className="practice-choice kept-focus">
            {symbols.map((symbol, at) => (
                <div key={at} className="practice-choice-row">
                    <SymbolField
                        label={at === 0 ? "Symbol" : `Symbol ${at + 1}`}
                        assetType={null}
                        symbol={symbol}
                        choose={(next) => change(symbols.map((one, index) => (index === at ? next : one)))}
                        fault={fault(at)}
                    />
                    {symbols.length > 1 && (
                        <IconButton
                            label={`Remove ${symbol || `symbol ${at + 1}`}`}
                            onClick={() => change(symbols.filter((_, index) => index !== at))}
                        >
                            <CloseIcon />
                        </IconButton>
                    )}
                </div>
            ))}
            {symbols.length < maximumSymbols && (
                <p>
                    <Button onClick={() => change([...symbols, ""])}>Add a symbol</Button>
                </p>
            )}
        </div>
    );
}

/** What is stored of the symbols. */
const useDetails = (symbols: readonly string[]): Resource<readonly SymbolDetails[]> =>
    useResource<readonly SymbolDetails[]>(`symbols of practice ${symbols.join(" ")}`, () =>
        Promise.all(symbols.map(symbolDetails)),
    )[0];
