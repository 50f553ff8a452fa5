/*
 * Strategies that people know by name, with where they come from and when they fail. None of them is a promise: what the
 * source reports held for its own markets and years, mostly before costs.
 */
import type { Json } from "./tree";

export interface Template {
    /** In the address. */
    readonly name: string;
    readonly title: string;
    readonly kind: "Trend" | "Dip";
    readonly idea: string;
    readonly source: string;
    readonly fails: readonly [string, string];
    readonly definition: Json;
}

const indicator = (id: string, type: string, period: number): Json => ({
    id,
    type,
    params: { period },
    source: "close",
});

/** An operand as it is written below: a number, `close`, or the id of an indicator. */
const operand = (one: string | number): Json =>
    typeof one === "number" ? { literal: one } : one === "close" ? { price: one } : { indicator: one };

type Short = readonly [left: string | number, op: string, right: string | number];
const all = (...conditions: readonly Short[]): Json => ({
    logic: "AND",
    conditions: conditions.map(([left, op, right]) => ({ left: operand(left), op, right: operand(right) })),
});

const percent = (value: number): Json => ({ type: "percent", value });

const brock =
    "Brock, Lakonishok and LeBaron: Simple Technical Trading Rules and the Stochastic Properties of Stock Returns. " +
    "Journal of Finance 47 (1992).";

export const templates: readonly Template[] = [
    {
        name: "sma-cross",
        title: "SMA cross",
        kind: "Trend",
        idea: "Hold while a fast average of the closes is above a slow one.",
        source: brock,
        fails: [
            "In a market that goes sideways the averages cross again and again, and every cross costs a little.",
            "Both averages lag: after a sudden fall the exit comes when much of it has happened.",
        ],
        definition: {
            indicators: [indicator("fast", "SMA", 10), indicator("slow", "SMA", 30)],
            entry: all(["fast", "crosses_above", "slow"]),
            exit: all(["fast", "crosses_below", "slow"]),
            risk: {},
        },
    },
    {
        name: "ema-trend",
        title: "EMA trend",
        kind: "Trend",
        idea: "Join an uptrend when the price climbs back over its short average, and leave below the long one.",
        source: "Perry J. Kaufman: Trading Systems and Methods. Wiley, 5th edition (2013).",
        fails: [
            "It buys late in a move, so short trends end before they have paid for the entry.",
            "Around a flat long average the price crosses in and out, with a small loss each time.",
        ],
        definition: {
            indicators: [indicator("short", "EMA", 20), indicator("long", "EMA", 50)],
            entry: all(["short", "gt", "long"], ["close", "crosses_above", "short"]),
            exit: all(["close", "crosses_below", "long"]),
            risk: {},
        },
    },
    {
        name: "rsi-dip",
        title: "RSI dip",
        kind: "Dip",
        idea: "Buy when RSI comes back up from oversold, sell when it has recovered.",
        source: "J. Welles Wilder: New Concepts in Technical Trading Systems. Trend Research (1978).",
        fails: [
            "In a long decline RSI leaves the oversold zone many times while the price keeps falling.",
            "In a strong rise it hardly ever gets there: the strategy stands aside for months.",
        ],
        definition: {
            indicators: [indicator("rsi", "RSI", 14)],
            entry: all(["rsi", "crosses_above", 30]),
            exit: all(["rsi", "crosses_above", 60]),
            risk: { stop_loss: percent(8) },
        },
    },
    {
        name: "golden-cross",
        title: "Golden cross 50/200",
        kind: "Trend",
        idea: "Hold from the day the 50-day average rises over the 200-day one until it falls below again.",
        source: `Chart lore without one author; the nearest test of such averages: ${brock}`,
        fails: [
            "It trades once in a year or two, so even decades hold too few trades to tell skill from luck.",
            "After a fast crash and recovery it sells near the bottom and buys back far above it.",
        ],
        definition: {
            indicators: [indicator("fast", "SMA", 50), indicator("slow", "SMA", 200)],
            entry: all(["fast", "crosses_above", "slow"]),
            exit: all(["fast", "crosses_below", "slow"]),
            risk: {},
        },
    },
    {
        name: "rsi2-dip",
        title: "RSI(2) dip in an uptrend",
        kind: "Dip",
        idea: "Above the 200-day average, buy a sharp fall of a few days and sell the first bounce.",
        source: "Larry Connors and Cesar Alvarez: Short Term Trading Strategies That Work. TradingMarkets (2008).",
        fails: [
            "Without a stop, as in the book, one dip that turns into a crash takes back many small gains.",
            "Gains are small a trade: with costs of a few basis points a side much of the edge is gone.",
        ],
        definition: {
            indicators: [indicator("trend", "SMA", 200), indicator("dip", "RSI", 2), indicator("bounce", "SMA", 5)],
            entry: all(["close", "gt", "trend"], ["dip", "lt", 5]),
            exit: all(["close", "gt", "bounce"]),
            risk: {},
        },
    },
    {
        name: "200-day",
        title: "Above the 200-day average",
        kind: "Trend",
        idea: "Own it while it closes above its average of about ten months; otherwise hold cash.",
        source:
            "Mebane Faber: A Quantitative Approach to Tactical Asset Allocation. Journal of Wealth Management 9 (2007); " +
            "there with month-end closes.",
        fails: [
            "Checked daily instead of monthly it is whipped in and out whenever the price hugs the average.",
            "It has mostly cut falls short, not raised returns: in steady bull markets it trails holding.",
        ],
        definition: {
            indicators: [indicator("trend", "SMA", 200)],
            entry: all(["close", "crosses_above", "trend"]),
            exit: all(["close", "crosses_below", "trend"]),
            risk: {},
        },
    },
    {
        name: "macd-zero",
        title: "MACD above zero",
        kind: "Trend",
        idea: "MACD is the 12-bar average less the 26-bar one: hold while it is above zero.",
        source: "Gerald Appel: Technical Analysis, Power Tools for Active Investors. FT Prentice Hall (2005).",
        fails: [
            "The zero line is crossed well after the turn, so short swings are bought high and sold low.",
            "12 and 26 were chosen for weekly closes of another age; nothing makes them right for this market.",
        ],
        definition: {
            indicators: [indicator("fast", "EMA", 12), indicator("slow", "EMA", 26)],
            entry: all(["fast", "crosses_above", "slow"]),
            exit: all(["fast", "crosses_below", "slow"]),
            risk: {},
        },
    },
    {
        name: "triple-cross",
        title: "Triple average 4-9-18",
        kind: "Trend",
        idea: "Buy when three averages stand in order, fastest on top; leave when the fastest two cross back.",
        source:
            "R. C. Allen's 4-9-18 method, as told in John J. Murphy: Technical Analysis of the Financial Markets. " +
            "New York Institute of Finance (1999).",
        fails: [
            "It was made for futures with long swings; on a noisy stock it trades often and pays for each trade.",
            "The early exit gives up the rest of a long trend after its first pause.",
        ],
        definition: {
            indicators: [indicator("fast", "SMA", 4), indicator("middle", "SMA", 9), indicator("slow", "SMA", 18)],
            entry: all(["fast", "gt", "middle"], ["middle", "crosses_above", "slow"]),
            exit: all(["fast", "crosses_below", "middle"]),
            risk: {},
        },
    },
];

export const templateNamed = (name: string | null): Template | null =>
    templates.find((template) => template.name === name) ?? null;

/** What a strategy that is made of a template keeps as its description: the idea, and what speaks against it. */
export const templateNote = ({ idea, fails, source }: Template): string =>
    [idea, `When it fails: ${fails.join(" ")}`, `Source: ${source}`].join("\n\n");
