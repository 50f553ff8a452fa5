/* The codes of a result, for people. */
import type { ExecutionTiming, ExitReason, Outcome, Warning } from "api-types";
import { type Words, wordsFor } from "../code-words";

const missing: Words = {
    ZERO_VARIANCE: "The returns do not vary, so there is nothing to divide by.",
    NO_LOSSES: "No trade lost money, so there is nothing to divide by.",
    NO_WINS: "No trade made money.",
    NO_TRADES: "There were no trades.",
    NO_STOP: "The strategy has no stop loss, which would say what was risked.",
    SAMPLE_TOO_SHORT: "There are too few bars, trades or days for it.",
    NOT_POSITIVE: "The Sharpe ratio is not above 0: no number of bars would show that it is.",
};

/** Why a figure is not there. */
export const missingInWords = (code: string | null): string =>
    (code !== null && wordsFor(missing, code)) || "It is not known for this run.";

const notices: Words = {
    RUINED: "The equity fell below 0.01. From then on no position was opened.",
    SIGNAL_CLOSE_TIMING:
        "It acts at the very close that its signals are computed from, which nobody can trade. Run it again with fills " +
        "at the next open to see what is left.",
    NO_TICK_SCALE:
        "The prices lie on no decimal grid, so averages carry rounding, and ties between them may be decided by it.",
};

export const noticeInWords = (code: string): string => wordsFor(notices, code) ?? code.replace(/_/g, " ").toLowerCase();

export const exitWords: Readonly<Record<ExitReason, string>> = {
    stop_loss: "Stop loss",
    take_profit: "Take profit",
    rule: "Exit rule",
    end_of_data: "End of the range",
};

export const timingWords: Readonly<Record<ExecutionTiming, string>> = {
    next_open: "at the next open",
    signal_close: "at the signal’s own close",
};

interface Verified {
    readonly tone: "good" | "bad" | "warning";
    readonly title: string;
    readonly advice: string;
}

export const outcomeWords: Readonly<Record<Outcome, Verified>> = {
    match: {
        tone: "good",
        title: "It matches.",
        advice: "Computed again just now, every trade and every equity point came out the same, to the last bit.",
    },
    mismatch: {
        tone: "bad",
        title: "It does not match.",
        advice:
            "The same bars and the same engine gave another result. That must never happen: do not rely on this run, and " +
            "tell whoever runs this server.",
    },
    INPUT_CHANGED: {
        tone: "warning",
        title: "The prices have been corrected since.",
        advice: "This result belongs to the bars as they were. Run it again to see what the corrected ones give.",
    },
    ENGINE_CHANGED: {
        tone: "warning",
        title: "The engine has changed since.",
        advice: "This result was made by an earlier engine. Run it again to have it by the rules of today.",
    },
};

export const warningWords: Readonly<Record<Warning, string>> = {
    NOT_COMPLETED: "Not every run has a result.",
    DIFFERENT_SYMBOLS: "They are on different symbols: part of the difference is the symbols’ own.",
    DIFFERENT_TIMEFRAMES: "Their bars are of different lengths, so figures a bar do not compare.",
    DIFFERENT_RANGES: "They cover different days: one may just have had the better years.",
    DIFFERENT_SIMULATIONS: "Costs, timing or allocation differ.",
    DIFFERENT_INITIAL_EQUITY: "They began with different amounts: compare percentages, not money.",
    DIFFERENT_BAR_REVISIONS: "The prices were corrected between the runs.",
    DIFFERENT_ENGINE_VERSIONS: "They were computed by different versions of the engine.",
};
