import { useRef } from "react";
import { navigate, usePath, useQuery } from "../../ui/navigation";

export interface ChosenTrade {
    /** As the address names it; null for none, NaN for what is no number. */
    readonly number: number | null;
    /** From the table: a step of its own, so that the way back leads to the table. */
    readonly visit: (number: number) => void;
    /** Where the reader is already, on the chart: no step. */
    readonly choose: (number: number) => void;
    readonly leave: () => void;
}

/** The trade that the address names (`?trade=12`), and how to name another. */
export function useChosenTrade(): ChosenTrade {
    const path = usePath();
    const query = new URLSearchParams(useQuery());
    const named = query.get("trade");
    const number = named === null ? null : /^[1-9]\d{0,8}$/.test(named) ? Number(named) : NaN;
    /** Whether the step before this one is the same result without a trade. */
    const hasStep = useRef(false);
    if (number === null) hasStep.current = false;
    const go = (next: number | null, replace: boolean): void => {
        if (next === null) query.delete("trade");
        else query.set("trade", String(next));
        const text = query.toString();
        navigate(`${path}${text && `?${text}`}`, { replace });
    };
    return {
        number,
        visit: (next) => {
            const isStep = number === null;
            go(next, !isStep);
            if (isStep) hasStep.current = true;
        },
        choose: (next) => go(next, true),
        leave: () => (hasStep.current ? history.back() : go(null, true)),
    };
}
