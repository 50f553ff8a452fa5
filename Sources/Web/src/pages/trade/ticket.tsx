/* The ticket: what is to be traded, what that would come to, and the one button that sends it. */
import { orderTypeWords } from "api-types";
import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from "react";
import { isUncertain } from "../../api/trading";
import {
    faultsOf,
    fieldOf,
    hasExits,
    hasLimit,
    hasStop,
    type Sizing,
    sizings,
    type Ticket,
} from "../../lib/trading/ticket";
import { sideWords, timeInForceNames, typeWords } from "../../lib/trading/words";
import { faultsByField, Form, MoneyField, NumberField, PercentField, SelectField } from "../../ui/form";
import { FailureNotice } from "../../ui/notices";
import { Button, Card, Checkbox, Notice, Segmented } from "../../ui/parts";
import { SymbolField } from "../../ui/symbol-field";
import { OutcomeNotice } from "./outcome";
import { TicketPreview } from "./ticket-preview";
import { type Preview, usePreview } from "./use-preview";
import type { TicketWork } from "./use-ticket";

const sides = (["BUY", "SELL"] as const).map((value) => ({ value, label: sideWords[value] }));
const types = orderTypeWords.map((value) => ({ value, label: typeWords[value] }));
const times = (["GTC", "DAY"] as const).map((value) => ({ value, label: timeInForceNames[value] }));
const sizingNames: Readonly<Record<Sizing, string>> = { quantity: "Quantity", notional: "Amount", risk_pct: "Risk" };

interface Props {
    readonly held: TicketWork;
    /** What it would come to; null where nobody is asked beforehand. */
    readonly preview: Preview | null;
    /** Nothing but the symbol that the ticket has can be traded. */
    readonly isOfOneSymbol?: boolean;
}

/** The ticket of the paper account. */
export const PaperTicket = ({ held }: { held: TicketWork }): JSX.Element => (
    <TicketForm held={held} preview={usePreview(held.ticket)} />
);

export function TicketForm({ held, preview, isOfOneSymbol = false }: Props): JSX.Element {
    const { ticket, change, send, work, outcome, refused } = held;
    const told = useRef<HTMLDivElement>(null);
    useEffect(() => {
        if (outcome !== null) told.current?.focus();
    }, [outcome]);
    const own = refused > 0 ? faultsOf(ticket) : {};
    const served = faultsByField(work.error ?? preview?.error, fieldOf);
    const fault = (name: keyof Ticket): string | null => own[name] ?? served.get(name) ?? null;
    const isOnField = served.size > 0;
    const price = (name: "limit" | "stop" | "stopLoss" | "takeProfit", label: string, explain: string): JSX.Element => (
        <NumberField
            label={label}
            name={name}
            value={ticket[name]}
            change={(text) => change({ [name]: text })}
            fault={fault(name)}
            explain={explain}
        />
    );
    return (
        <Card title="Order" className={`ticket ticket-${ticket.side.toLowerCase()}`}>
            <div onKeyDown={(event) => isRepeated(event) && event.preventDefault()}>
                <Form
                    work={{ ...work, error: isOnField ? work.error : null }}
                    submit={() => void send()}
                    what="The order was not placed."
                    fields={Object.keys(fieldOf)}
                    label="Order ticket"
                    refused={refused}
                >
                    <Segmented label="Side" options={sides} value={ticket.side} change={(side) => change({ side })} />
                    {!isOfOneSymbol && (
                        <SymbolField
                            label="Symbol"
                            assetType={null}
                            symbol={ticket.symbol}
                            choose={(symbol) => change({ symbol, symbolId: "" })}
                            fault={fault("symbol")}
                        />
                    )}
                    <div className="ticket-pair">
                        <SelectField
                            label="Type"
                            options={types}
                            value={ticket.type}
                            change={(type) => change({ type })}
                            fault={fault("type")}
                            explain="Market: at once, at the newest close. Limit: at your price or a better one, by a later bar. Stop: once the price is reached. Stop limit: both."
                        />
                        {ticket.type !== "MARKET" && (
                            <SelectField
                                label="In force"
                                options={times}
                                value={ticket.timeInForce}
                                change={(timeInForce) => change({ timeInForce })}
                                fault={fault("timeInForce")}
                                explain="For the day: to the end of the next session. Until cancelled: 90 days at most."
                            />
                        )}
                    </div>
                    <Size {...{ ticket, change }} fault={fault("size")} />
                    {(hasLimit(ticket) || hasStop(ticket)) && (
                        <div className="ticket-pair">
                            {hasStop(ticket) && price("stop", "Stop price", "The order waits until a bar reaches it.")}
                            {hasLimit(ticket) && price("limit", "Limit price", "It fills at this price or a better one, and at no other.")}
                        </div>
                    )}
                    {ticket.side === "BUY" ? (
                        <Checkbox
                            label="With exits"
                            isChecked={hasExits(ticket)}
                            isDisabled={ticket.sizing === "risk_pct"}
                            change={(hasBracket) => change({ hasBracket })}
                            explain="A bracket: once the purchase has filled, a stop loss and a take profit rest for it. The one that fills cancels the other."
                        />
                    ) : (
                        <Checkbox
                            label="Reduce only"
                            isChecked={ticket.reduceOnly}
                            change={(reduceOnly) => change({ reduceOnly })}
                            explain="Sells no more than there is when it fills, and is cancelled when nothing is left."
                        />
                    )}
                    {hasExits(ticket) && (
                        <div className="ticket-pair">
                            {price("stopLoss", "Stop loss", "Sold when the price falls to it.")}
                            {price("takeProfit", "Take profit", "Sold when the price rises to it.")}
                        </div>
                    )}
                    {preview && <TicketPreview preview={preview} isAtField={isOnField} />}
                    {work.error !== null && !isOnField && <Failure error={work.error} />}
                    <div ref={told} tabIndex={-1} className="ticket-outcome" data-testid="outcome">
                        {outcome && <OutcomeNotice outcome={outcome} orderHref={held.orderHref} />}
                    </div>
                    <Button
                        kind="primary"
                        type="submit"
                        className="button-wide"
                        isBusy={work.isRunning}
                        onClick={(event) => isSecondOfTwo(event) && event.preventDefault()}
                    >
                        {work.isRunning ? "Sending…" : `${sideWords[ticket.side]} ${ticket.symbol} on paper`}
                    </Button>
                </Form>
            </div>
        </Card>
    );
}

/** The second click of a double click, and Enter that is held, are no further orders, however fast the first was answered. */
const isSecondOfTwo = ({ detail }: MouseEvent): boolean => detail > 1;
const isRepeated = ({ key, repeat }: KeyboardEvent): boolean => key === "Enter" && repeat;

interface SizeProps {
    readonly ticket: Ticket;
    readonly change: (part: Partial<Ticket>) => void;
    readonly fault: string | null;
}

function Size({ ticket: { side, sizing, size }, change, fault }: SizeProps): JSX.Element {
    const options = sizings
        .filter((value) => side === "BUY" || value !== "risk_pct")
        .map((value) => ({ value, label: sizingNames[value] }));
    const parts = { name: "size", value: size, change: (text: string) => change({ size: text }), fault };
    return (
        <div className="ticket-size">
            <Segmented label="Size by" options={options} value={sizing} change={(value) => change({ sizing: value, size: "" })} />
            {sizing === "quantity" && <NumberField label="Quantity" {...parts} />}
            {sizing === "notional" && (
                <MoneyField label="Amount" explain="As many units as this buys at the price below, the fee aside." {...parts} />
            )}
            {sizing === "risk_pct" && (
                <PercentField
                    label="Risk"
                    explain="As many units as lose this share of your equity on the way to the stop loss, rounded down."
                    {...parts}
                />
            )}
        </div>
    );
}

const Failure = ({ error }: { error: unknown }): JSX.Element =>
    isUncertain(error) ? (
        <Notice tone="bad" title="Nobody knows yet whether the order was placed.">
            {error instanceof Error && error.message} Send it again: however often it arrives, it is placed once.
        </Notice>
    ) : (
        <FailureNotice what="The order was not placed." error={error} />
    );
