import "../shared";
import type { PaperAccount, Position } from "api-types";
import { useCallback, useEffect, useRef } from "react";
import { invalidate } from "../api/cache";
import { accountKey, positionsKey, readAccount, readPositions, tradingKey } from "../api/trading";
import { newPracticePath, newRunnerPath } from "../lib/routes";
import { useCommands } from "../ui/commands";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { FailureNotice } from "../ui/notices";
import { Card, Tabs } from "../ui/parts";
import { useResource } from "../ui/use-resource";
import { useRoomBelow } from "../ui/use-room-below";
import { Activity } from "./trade/activity";
import { Corrections } from "./trade/corrections";
import { Equity } from "./trade/equity";
import { Executions } from "./trade/executions";
import { Fees } from "./trade/fees";
import { Generations } from "./trade/generations";
import { OpenOrders } from "./trade/open-orders";
import { Orders } from "./trade/orders";
import { type Fill, Positions } from "./trade/positions";
import { Practice } from "./trade/practice";
import { Reset } from "./trade/reset";
import { Runners } from "./trade/runners";
import { Signing } from "./trade/signing";
import { Summary } from "./trade/summary";
import { PaperTicket } from "./trade/ticket";
import { usePaperTicket } from "./trade/use-paper-ticket";

const views = [
    { value: "orders", label: "Orders" },
    { value: "executions", label: "Executions" },
    { value: "activity", label: "Activity" },
    { value: "account", label: "Account" },
] as const;
type View = (typeof views)[number]["value"];

/** The paper account: what it is worth, the ticket, and everything that was traded. */
export default function Trade(): JSX.Element {
    const held = usePaperTicket();
    const ticket = useRef<HTMLDivElement>(null);
    useRoomBelow(ticket);
    const [account, reloadAccount] = useResource<PaperAccount>(accountKey, readAccount);
    const [positions, reloadPositions] = useResource<readonly Position[]>(positionsKey, readPositions);
    const place = placeIn(useQuery());
    useFreshness();
    const toSize = useCallback((): void => {
        const size = ticket.current?.querySelector<HTMLInputElement>('input[name="size"]');
        size?.focus({ preventScroll: true });
        size?.select();
        ticket.current?.scrollIntoView({ block: "nearest" });
    }, []);
    const { change } = held;
    const fill = useCallback<Fill>(
        (part) => {
            change(part);
            // The fields of the ticket are those of the new one with the next frame.
            requestAnimationFrame(toSize);
        },
        [change, toSize],
    );
    useCommands([
        { id: "new order", label: "New order", group: "Trade", keys: "n", run: () => toSymbol(ticket.current) },
        { id: "new runner", label: "Start a strategy on paper", group: "Trade", run: () => navigate(newRunnerPath()) },
        { id: "new practice", label: "Practise on past days", group: "Trade", run: () => navigate(newPracticePath()) },
    ]);
    const known = account.state === "ready" ? account.value : null;
    return (
        <div className="page page-workspace trade">
            <div className="page-head">
                <div>
                    <PageHeading title="Trade · BitStockerz">Trade</PageHeading>
                    <p className="sub">
                        Simulated money at stored prices. No order leaves this server.{" "}
                        <Link href="/about#paper">What it models</Link>
                    </p>
                </div>
            </div>
            <Corrections />
            <Summary />
            <div className="trade-columns">
                <div ref={ticket} className="trade-ticket">
                    <PaperTicket held={held} />
                </div>
                <div className="trade-main">
                    <Positions found={positions} reload={reloadPositions} fill={fill} />
                    <OpenOrders />
                    <Runners />
                    <Practice />
                    <Equity generation={place.generation} />
                    <Card label="History and account" className="trade-history">
                        <Tabs label="What of the account" options={views} value={place.view} change={toView}>
                            {place.view === "orders" && (
                                <Orders symbols={positions.state === "ready" ? positions.value.map(({ symbol }) => symbol) : []} />
                            )}
                            {place.view === "executions" && <Executions />}
                            {place.view === "activity" && <Activity />}
                            {place.view === "account" && (
                                <div className="trade-account">
                                    <Generations shown={place.generation} />
                                    {account.state === "failed" && (
                                        <FailureNotice
                                            what="Fees and reset did not load."
                                            error={account.error}
                                            retry={reloadAccount}
                                        />
                                    )}
                                    {known && (
                                        <>
                                            <Fees key={`fees ${known.generation}`} account={known} />
                                            <Signing />
                                            <Reset account={known} />
                                        </>
                                    )}
                                </div>
                            )}
                        </Tabs>
                    </Card>
                </div>
            </div>
        </div>
    );
}

interface PlaceInRoom {
    readonly view: View;
    readonly generation: number | null;
}

/** What an address says that can be meant. */
function placeIn(query: string): PlaceInRoom {
    const written = new URLSearchParams(query);
    const generation = written.get("generation") ?? "";
    return {
        view: views.find(({ value }) => value === written.get("view"))?.value ?? "orders",
        generation: /^[1-9]\d{0,6}$/.test(generation) ? Number(generation) : null,
    };
}

const toView = (view: View): void => navigate(view === "orders" ? "/trade" : `/trade?view=${view}`);

const toSymbol = (ticket: HTMLElement | null): void => {
    ticket?.querySelector<HTMLElement>('[role="combobox"]')?.focus();
    ticket?.scrollIntoView({ block: "nearest" });
};

/** Bars that came meanwhile may have filled orders: who comes back to the page reads again. */
function useFreshness(): void {
    useEffect(() => {
        const look = (): void => {
            if (document.visibilityState === "visible") invalidate(tradingKey);
        };
        document.addEventListener("visibilitychange", look);
        return () => document.removeEventListener("visibilitychange", look);
    }, []);
}
