/* How a run stands, and why it ended as it did, for people. */
import type { JobStatus } from "api-types";
import { wordsFor } from "./code-words";
import { secondsPerDay } from "./time";

export const statusWords: Readonly<Record<JobStatus, string>> = {
    pending: "Waiting",
    running: "Running",
    completed: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
    timed_out: "Timed out",
};

interface End {
    readonly title: string;
    readonly advice: string;
}

const ends: Readonly<Record<string, End>> = {
    BACKTEST_INSUFFICIENT_BARS: {
        title: "Not enough history.",
        advice: "Choose an earlier first day, or shorter periods in the strategy’s indicators.",
    },
    BACKTEST_BAR_LIMIT_EXCEEDED: { title: "Too many bars.", advice: "Choose fewer days." },
    BACKTEST_RESOURCE_LIMIT_EXCEEDED: {
        title: "Too much for one run.",
        advice: "Choose fewer days or fewer indicators.",
    },
    BACKTEST_INVALID_DEFINITION: {
        title: "The strategy cannot be run as it is.",
        advice: "Open it, mend what is marked and save a new version.",
    },
    STRATEGY_NOT_FOUND: { title: "The strategy is gone.", advice: "Choose another." },
    STRATEGY_VERSION_NOT_FOUND: { title: "There is no such version.", advice: "Choose another, or the newest." },
    BACKTEST_TIMEOUT: { title: "It took too long.", advice: "Choose fewer days, or try again when less is running." },
    ATTEMPTS_EXHAUSTED: {
        title: "It was begun several times and never ended.",
        advice: "Run it again; if that fails as well, tell whoever runs this server.",
    },
};

/** The days that a run was asked for, and those that are stored. */
export interface AskedDays {
    readonly start: number;
    readonly end: number;
    readonly stored: { readonly first: number; readonly last: number };
}

/** What gives a run more bars depends on which side of the days they could come from; which there are is said beside it. */
function moreHistory({ start, end, stored }: AskedDays): string {
    if (end < stored.first) return "Choose later days.";
    if (start > stored.last) return "Choose earlier days.";
    const canBegin = start > stored.first;
    const canEnd = end + secondsPerDay <= stored.last;
    const days = canBegin ? (canEnd ? "more days" : "an earlier first day") : canEnd ? "a later last day" : null;
    const choice = days === null ? "Choose" : `Choose ${days}, or`;
    return `${choice} shorter periods in the strategy’s indicators.`;
}

/** What happened to a run without a result, and what to do about it. */
export function endInWords(status: JobStatus, code: string | null, days: AskedDays | null = null): End {
    if (days !== null && code === "BACKTEST_INSUFFICIENT_BARS")
        return { title: ends[code]!.title, advice: moreHistory(days) };
    if (status === "cancelled") return { title: "Cancelled.", advice: "Nothing was stored of it." };
    if (status === "timed_out") return ends["BACKTEST_TIMEOUT"]!;
    const found = code === null ? undefined : wordsFor(ends, code);
    return found ?? { title: "The run failed.", advice: "Run it again; if it fails once more, change what it tests." };
}
