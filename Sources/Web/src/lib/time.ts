/*
 * Times and days. Everything here is UTC, unless the reader wants hours by their own clock: a daily bar is a date and
 * must never move with a time zone, and an hourly time is shown with its zone. Days have two spellings: tables, files and
 * fields write `2023-09-21`, which sorts and lines up; sentences, headings, labels and charts write `21 Sep 2023`, and so do
 * the server's sentences. Nothing else of the page writes days.
 */
import type { Interval } from "./bars";
import { counted } from "./format";

export const secondsPerDay = 86_400;
export const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The midnight a day starts with; months count from 0. `Date.UTC` takes the years 0 to 99 for those after 1900. */
function startOfDay(year: number, month: number, day: number): Date {
    const date = new Date(0);
    date.setUTCFullYear(year, month, day);
    return date;
}

/** Unix seconds of `2023-09-21` (its midnight) or `2019-10-01T00:00:00Z`; null for anything else, 30 February too. */
export function parseTime(text: string): number | null {
    const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z)?$/.exec(text);
    if (!match) return null;
    const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
    if (hour! > 23 || minute! > 59 || second! > 59) return null;
    const date = startOfDay(year!, month! - 1, day!);
    if (date.getUTCDate() !== day || month! < 1 || month! > 12) return null;
    return date.getTime() / 1000 + hour! * 3_600 + minute! * 60 + second!;
}

/** Midnight of a day as it is typed, `2023-09-21`; null for anything else, a time of that day too. */
export function parseDay(text: string): number | null {
    const day = text.trim();
    return day.includes("T") ? null : parseTime(day);
}

/** `2023-09-21` */
export const isoDay = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

/** `2019-10-01T00:00:00Z` */
export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19) + "Z";

/** `21 Sep 2023` */
export function writtenDay(seconds: number): string {
    const date = new Date(seconds * 1000);
    return `${date.getUTCDate()} ${monthNames[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `Sep 2023` */
export const writtenMonth = (seconds: number): string => writtenDay(seconds).replace(/^\d+ /, "");

/** By whose clock hours are told: everybody's, or the one of the reader's device. Days are those of exchanges. */
export type Clock = "utc" | "own";
let clock: Clock = "utc";
export function setClock(next: Clock): void {
    clock = next;
}

/** Seconds that the clock is before UTC at that moment. */
const ahead = (seconds: number): number =>
    clock === "own" ? -60 * Math.round(new Date(seconds * 1000).getTimezoneOffset()) : 0;

/** `UTC`, `UTC+2`, `UTC\u22123:30`: how the clock stands at that moment. */
function zoneAt(seconds: number): string {
    const minutes = ahead(seconds) / 60;
    if (minutes === 0) return "UTC";
    const rest = Math.abs(minutes) % 60;
    const hours = Math.floor(Math.abs(minutes) / 60);
    return `UTC${minutes < 0 ? "\u2212" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

/** What headings call the clock, whose offset changes with the season: `UTC`, `New York`. */
export function zoneName(of: Clock = clock): string {
    if (of === "utc") return "UTC";
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return timeZone.replace(/^(?!Etc).*\//, "").replace(/_/g, " ");
}

/** The same in a sentence: `UTC`, `New York time`. */
export const zoneInWords = (): string => (clock === "utc" ? "UTC" : `${zoneName()} time`);

/** `1 Oct 2019 00:00 UTC` for hourly bars, `21 Sep 2023` for daily ones. */
export function writtenTime(seconds: number, interval: Interval): string {
    if (interval === "1d") return writtenDay(seconds);
    const told = seconds + ahead(seconds);
    return `${writtenDay(told)} ${isoTime(told).slice(11, 16)} ${zoneAt(seconds)}`;
}

/** The day whose close a moment is: at midnight a day ends, and none has begun that anybody has traded on. */
export const dayOfClose = (seconds: number): number => seconds - 1;

/** What a table or a file says: `2023-09-21`, or `2019-10-01 00:00` under a heading that names the zone. */
export function tableTime(seconds: number, interval: Interval): string {
    return interval === "1d" ? isoDay(seconds) : isoTime(seconds + ahead(seconds)).slice(0, 16).replace("T", " ");
}

/**
 * What an axis of hours says at a mark; null where its own words do. It marks days at the midnight of UTC, which is
 * another hour by another clock, of the day before perhaps: `7 Nov 19:00`.
 */
export function axisTime(seconds: number, isDay: boolean): string | null {
    if (isDay && ahead(seconds) === 0) return null;
    const told = seconds + ahead(seconds);
    const hour = isoTime(told).slice(11, 16);
    return isDay ? `${writtenDay(told).replace(/ \d+$/, "")} ${hour}` : hour;
}

/** What the API takes and gives for one bar of that interval. */
export const barTime = (seconds: number, interval: Interval): string =>
    interval === "1d" ? isoDay(seconds) : isoTime(seconds);

export const intervalSeconds = (interval: Interval): number => (interval === "1d" ? secondsPerDay : 3_600);

/** The same day `count` months earlier; the last day of the month where that one is shorter. */
export function monthsBefore(seconds: number, count: number): number {
    const date = new Date(seconds * 1000);
    const month = date.getUTCMonth() - count;
    const lastDay = startOfDay(date.getUTCFullYear(), month + 1, 0).getUTCDate();
    const midnight = startOfDay(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lastDay));
    // What is left of the day counts forwards also before 1970.
    const clock = seconds - Math.floor(seconds / secondsPerDay) * secondsPerDay;
    return midnight.getTime() / 1000 + clock;
}

/** `today`, `3 days`, `5 months`, `2 years`: how long before `now` something was. */
export function ageInWords(seconds: number, now: number): string {
    const days = Math.floor((now - seconds) / secondsPerDay);
    if (days < 1) return "today";
    const [count, unit] =
        days < 60
            ? [days, "day"]
            : days < 730
              ? [Math.floor(days / 30.44), "month"]
              : [Math.floor(days / 365.25), "year"];
    return `${counted(count, unit)} ago`;
}

/** `just now`, `5 min ago`, `3 h ago`, then as `ageInWords`: how long before `now` something was done. */
export function agoInWords(seconds: number, now: number): string {
    const passed = now - seconds;
    if (passed < 60) return "just now";
    if (passed < 3_600) return `${Math.floor(passed / 60)} min ago`;
    return passed < secondsPerDay ? `${Math.floor(passed / 3_600)} h ago` : ageInWords(seconds, now);
}

/** A bar is closed at its end; prices older than a week are not today's, and the page says so. */
export const isStale = (barStart: number, interval: Interval, now: number): boolean =>
    now - (barStart + intervalSeconds(interval)) > 7 * secondsPerDay;

/** `4 s`, `2 min 5 s`, `1 h 3 min`: how long something has taken, from whole seconds. */
export function durationInWords(seconds: number): string {
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}
