/* The fields of a run, and the button that begins it. */
import type { Series, Strategy } from "api-types";
import { useEffect, useState } from "react";
import { startBacktest } from "../../api/backtests";
import { symbolDetails, symbolKey } from "../../api/resources";
import type { SymbolDetails } from "../../api/symbols";
import type { Days } from "../../lib/data/standing";
import { counted } from "../../lib/format";
import { Intention } from "../../lib/intention";
import { inSentence } from "../../lib/kinds";
import { backtestPath, newBacktestPath } from "../../lib/routes";
import {
    daysOf,
    estimatedBars,
    faultsOf,
    fieldOf,
    initialForm,
    isWithin,
    fieldOfCode,
    proposed,
    requestOf,
    type RunForm,
    spanOf,
    spansWithin,
} from "../../lib/run-form";
import { type AskedDays, endInWords } from "../../lib/run-words";
import { parseDay, secondsPerDay, writtenDay } from "../../lib/time";
import { DateField, faultsByField, Form, landed, MoneyField, NumberField, PercentField, SelectField } from "../../ui/form";
import { keep, keptOf } from "../../ui/kept";
import { navigate } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Button, Card, Segmented } from "../../ui/parts";
import { Standing } from "../../ui/standing";
import { type StrategyChoice, StrategyFields } from "../../ui/strategy-fields";
import { bearInMind } from "../../ui/symbol-in-mind";
import { useAddress } from "../../ui/use-address";
import { useAwaited } from "../../ui/use-awaited";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { explain } from "./explain";
import { formName } from "./form-of";

// These outlive the room: whoever signs in again and comes back goes on where they were.
const intention = new Intention();
let refusal: { readonly form: string; readonly error: unknown } | null = null;

interface Props {
    readonly strategies: readonly Strategy[];
    /** What the form is filled in with, by the names of its fields. */
    readonly address: Readonly<Record<string, unknown>>;
}

export function RunFormView({ strategies, address }: Props): JSX.Element {
    const [form, setForm] = useState<RunForm>(() => initialForm(keptOf(formName) ?? {}, address, strategies));
    const [refused, setRefused] = useState(0);
    const [work, run] = useWork();
    // What was refused before the reader left is still refused when they come back to it.
    const newest = strategies.find(({ id }) => id === form.strategy)?.versionId;
    // Of one and the same request: when the strategy was mended meanwhile, it is another.
    const asked = (request: object): string => JSON.stringify([request, newest]);
    const error = !work.isRunning && refusal?.form === asked(form) ? refusal.error : null;
    const writeAddress = useAddress(newBacktestPath({ ...form }));
    const strategy = strategies.find(({ id }) => id === form.strategy);
    const [details, retry] = useResource<SymbolDetails | null>(
        form.symbol === "" ? "" : symbolKey(form.symbol),
        async () => (form.symbol === "" ? null : symbolDetails(form.symbol)),
    );
    const symbol = details.state === "ready" ? details.value : null;
    const series = symbol?.series.find(({ interval }) => interval === strategy?.timeframe);
    const [fitted, setFitted] = useState<typeof series>(undefined);
    const change = (part: Partial<RunForm>): void => {
        giveUp();
        setForm((now) => ({ ...now, ...part }));
    };
    // The days are those of a symbol.
    const choose = (part: Partial<StrategyChoice>): void =>
        change(part.symbol === "" ? { ...part, start: "", end: "" } : part);

    // Days that were chosen for one series follow to the next as far as it goes; without any, all of it is taken.
    useEffect(() => {
        if (!series) return;
        setForm((now) => (isWithin(now, series) ? now : { ...now, ...daysOf("All", series) }));
        setFitted(series);
    }, [series]);

    const kind = strategy ? inSentence(strategy.timeframe) : "";
    // Days cannot be chosen of bars that are not there: that is the fault, not the days.
    const missing = symbol && strategy && !series ? `${symbol.symbol} has no ${kind} prices here: choose another symbol or strategy.` : null;
    const faults = missing === null ? faultsOf(form) : { symbol: missing };
    const own = refused > 0 ? faults : {};
    const served = faultsByField(error, fieldOf);
    const fault = (name: keyof RunForm): string | null => own[name] ?? served.get(name) ?? null;
    const isOnField = served.size > 0;
    // Its days come with the symbol's prices.
    const isThere = details.state !== "loading" && (series === undefined || series === fitted);
    const { isWaiting, ask, giveUp } = useAwaited(isThere, () => void start());
    const isBusy = isWaiting || work.isRunning;
    const start = async (): Promise<void> => {
        if (!strategy || Object.keys(faults).length > 0) {
            setRefused((count) => count + 1);
            return;
        }
        const request = requestOf(form, strategy.timeframe);
        writeAddress();
        await run(async () => {
            try {
                const id = await startBacktest(request, intention.keyOf(asked(request)));
                intention.done();
                refusal = null;
                keep(formName, form);
                bearInMind(null);
                navigate(backtestPath(id));
            } catch (error) {
                const advice = (code: string): string => endInWords("failed", code, askedDays(form, series)).advice;
                refusal = { form: asked(form), error: landed(error, fieldOfCode, advice) };
                throw refusal.error;
            }
        });
    };
    const bars = series && symbol && estimatedBars(form, series, symbol.assetType);

    return (
        <Form
            work={{ ...work, error: isOnField ? error : null }}
            what="The backtest could not be started."
            fields={Object.keys(fieldOf)}
            submit={ask}
            label="New backtest"
            refused={refused}
        >
            <Card title="What to test">
                <div className="form-grid">
                    <StrategyFields {...{ strategies, form, fault }} aboutVersion={explain.version} change={choose} />
                </div>
                {strategy?.summary != null && <p className="form-note">{strategy.summary}</p>}
            </Card>
            <Card
                title="When"
                actions={
                    series && (
                        <Segmented
                            label="Range"
                            options={spansWithin(series).map((value) => ({ value, label: value }))}
                            value={spanOf(form, series)}
                            change={(span) => change(daysOf(span, series))}
                        />
                    )
                }
            >
                <div className="form-grid">
                    <DateField
                        label="First day"
                        value={form.start}
                        change={(start_) => change({ start: start_ })}
                        fault={fault("start")}
                        min={series && daysOf("All", series).start}
                        max={series && daysOf("All", series).end}
                    />
                    <DateField
                        label="Last day"
                        value={form.end}
                        change={(end) => change({ end })}
                        fault={fault("end")}
                        min={series && daysOf("All", series).start}
                        max={series && daysOf("All", series).end}
                    />
                    <p className="form-note" role="status">
                        {series
                            ? `Prices from ${writtenDay(series.first)} to ${writtenDay(series.last)}. ` +
                              (bars === null || bars === undefined
                                  ? ""
                                  : bars === 0
                                    ? "None of them lie within these days."
                                    : `About ${counted(bars, "bar")} to replay.`)
                            : symbol && strategy
                              ? `${symbol.symbol} has no ${kind} prices here.`
                              : "Choose a strategy and a symbol to see which prices there are."}
                    </p>
                </div>
                {series && symbol && (
                    <Standing symbol={symbol.symbol} interval={series.interval} days={daysBetween(form)} />
                )}
                {details.state === "failed" && (
                    <FailureNotice what={`${form.symbol} could not be loaded.`} error={details.error} retry={retry} />
                )}
            </Card>
            <Card title="How it trades">
                <div className="form-grid">
                    <MoneyField
                        label="Starting equity"
                        value={form.equity}
                        change={(equity) => change({ equity })}
                        fault={fault("equity")}
                        explain={explain.equity}
                    />
                    <PercentField
                        label="Allocation"
                        value={form.allocation}
                        change={(allocation) => change({ allocation })}
                        fault={fault("allocation")}
                        explain={explain.allocation}
                    />
                    <NumberField
                        label="Commission"
                        suffix="bps"
                        value={form.commission}
                        change={(commission) => change({ commission })}
                        fault={fault("commission")}
                        explain={explain.commission}
                    />
                    <NumberField
                        label="Slippage"
                        suffix="bps"
                        value={form.slippage}
                        change={(slippage) => change({ slippage })}
                        fault={fault("slippage")}
                        explain={explain.slippage}
                    />
                    <SelectField
                        label="Orders fill"
                        options={timings}
                        value={form.timing}
                        change={(timing) => change({ timing })}
                        fault={fault("timing")}
                        explain={explain.timing}
                    />
                </div>
            </Card>
            {error !== null && !isOnField && <FailureNotice what="The backtest could not be started." error={error} />}
            <p className="form-actions">
                <Button kind="primary" type="submit" isBusy={isBusy}>
                    {isBusy ? "Running…" : "Run backtest"}
                </Button>
                <Button kind="quiet" onClick={() => change(costs)}>
                    Reset to default costs
                </Button>
            </p>
        </Form>
    );
}

const timings = [
    { value: "next_open", label: "At the next bar’s open" },
    { value: "signal_close", label: "At the close of the signal’s bar" },
] as const;

/** A day goes to its last second: its hours belong to it. Undefined while the days are none. */
function daysBetween({ start, end }: RunForm): Days | undefined {
    const [from, to] = [parseDay(start), parseDay(end)];
    return from === null || to === null ? undefined : { from, to: to + secondsPerDay - 1 };
}

function askedDays(form: RunForm, stored: Series | undefined): AskedDays | null {
    const [start, end] = [parseDay(form.start), parseDay(form.end)];
    return start === null || end === null || !stored ? null : { start, end, stored };
}

const costs: Partial<RunForm> = {
    commission: proposed.commission,
    slippage: proposed.slippage,
    timing: proposed.timing,
    allocation: proposed.allocation,
    equity: proposed.equity,
};
