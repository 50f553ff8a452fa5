/* One replay while somebody practises on it: everything that is asked of the server goes one after another. */
import type { Order } from "api-types";
import { useCallback, useMemo, useRef, useState } from "react";
import {
    cancelReplayOrder,
    placeReplayOrder,
    readReplay,
    readReplayBars,
    replayKey,
    setReplaySpeed,
    stepReplay,
} from "../../api/replays";
import { isTakenBefore, type TicketSent } from "../../api/trading";
import { type Bars, joined } from "../../lib/bars";
import { practicePath } from "../../lib/routes";
import { afterStep, endedBetween, type PractisedDetail } from "../../lib/trading/practice";
import { navigate } from "../../ui/navigation";
import { toast } from "../../ui/parts";
import { type Reload, type Resource, useResource } from "../../ui/use-resource";
import { useWork, type Work } from "../../ui/use-work";

export interface Practised {
    readonly detail: PractisedDetail;
    /** The one of its symbols that is shown and traded. */
    readonly symbol: string;
    /** Of the symbol up to the clock, oldest first. */
    readonly bars: Bars;
    /** What the last step did to orders that rested. */
    readonly ended: readonly Order[];
}

export interface ReplayWork {
    readonly found: Resource<Practised>;
    readonly reload: Reload;
    readonly work: Work;
    /** Moves on, unless it does already. */
    readonly step: (bars: number) => void;
    /** Shows another of its symbols. */
    readonly show: (symbol: string) => void;
    /** Why that did not work; null where it did. */
    readonly unshown: unknown;
    readonly speed: number;
    readonly setSpeed: (speed: number) => void;
    readonly place: (ticket: TicketSent, clientOrderID: string) => Promise<Order>;
    readonly cancel: (order: string) => Promise<Order>;
}

/** Bars before the clock that a chart begins with. */
const barsAtFirst = 2_000;

async function readPractised(id: string, wanted: string | null): Promise<Practised> {
    const detail = await readReplay(id);
    const { positions } = detail.replay;
    const { symbol } = positions.find((one) => one.symbol === wanted) ?? positions[0]!;
    return { detail, symbol, bars: await readReplayBars(id, symbol, barsAtFirst), ended: [] };
}

/** A clock that was moved from elsewhere is only looked up. */
async function stepped(id: string, { detail: before, symbol, bars }: Practised, count: number): Promise<Practised> {
    try {
        const detail = afterStep(before, await stepReplay(before.replay, count));
        const seen = detail.replay.bars - before.replay.bars;
        return {
            detail,
            symbol,
            // Where others alone had bars it has none that is new.
            bars: seen > 0 ? joined(bars, await readReplayBars(id, symbol, seen)) : bars,
            ended: endedBetween(before.orders, detail.orders),
        };
    } catch (error) {
        if (!isTakenBefore(error)) throw error;
        return readPractised(id, symbol);
    }
}

/** @param wanted the symbol that is shown first, where it is one of the replay's. */
export function useReplay(id: string, wanted: string | null): ReplayWork {
    const [first, reload] = useResource<Practised>(replayKey(id), () => readPractised(id, wanted));
    const [held, setHeld] = useState<{ readonly after: Practised; readonly now: Practised } | null>(null);
    const [work, run] = useWork();
    const read = first.state === "ready" ? first.value : null;
    const shown = held !== null && held.after === read ? held.now : read;
    const latest = useRef({ read, shown });
    latest.current = { read, shown };
    const tail = useRef<Promise<unknown>>(Promise.resolve());

    /** After everything that was asked for before; what it comes to is shown. */
    const inTurn = useCallback(async <T>(ask: () => Promise<T>, next: (before: Practised, answer: T) => Promise<Practised>) => {
        const turn = tail.current.then(async () => {
            const answer = await ask();
            const { read: after, shown: before } = latest.current;
            if (after && before) {
                const now = await next(before, answer);
                latest.current = { read: after, shown: now };
                setHeld({ after, now });
            }
            return answer;
        });
        tail.current = turn.catch(() => undefined);
        return turn;
    }, []);

    const step = useCallback(
        (bars: number): void =>
            void run(() => inTurn(async () => undefined, (before) => stepped(id, before, bars))),
        [id, run, inTurn],
    );
    const [unshown, setUnshown] = useState<unknown>(null);
    const show = useCallback(
        (symbol: string): void => {
            navigate(practicePath(id, symbol), { replace: true });
            setUnshown(null);
            inTurn(
                () => readReplayBars(id, symbol, barsAtFirst),
                async (before, bars) => ({ ...before, symbol, bars }),
            ).catch(setUnshown);
        },
        [id, inTurn],
    );
    const [chosen, setChosen] = useState<number | null>(null);
    const setSpeed = useCallback(
        (speed: number): void => {
            setChosen(speed);
            inTurn(
                () => setReplaySpeed(id, speed),
                async (before) => before,
            ).catch(() => toast("The speed was not saved."));
        },
        [id, inTurn],
    );
    const { place, cancel } = useMemo(() => {
        const lookedUp = async (before: Practised): Promise<Practised> => ({ ...before, detail: await readReplay(id), ended: [] });
        return {
            place: (ticket: TicketSent, clientOrderID: string) =>
                inTurn(() => placeReplayOrder(id, ticket, clientOrderID), lookedUp),
            cancel: (order: string) => inTurn(() => cancelReplayOrder(id, order), lookedUp),
        };
    }, [id, inTurn]);
    return {
        found: shown === null ? first : { state: "ready", value: shown },
        reload,
        work,
        step,
        show,
        unshown,
        speed: chosen ?? shown?.detail.replay.speed ?? 1,
        setSpeed,
        place,
        cancel,
    };
}
