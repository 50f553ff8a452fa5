/* The names of what is looked for in stored bars, and how much a finding matters. */
import type { Finding, Severity } from "api-types";
import { counted } from "../format";
import type { Interval } from "../bars";
import { writtenTime } from "../time";

const names: Readonly<Record<string, string>> = {
    gap: "Missing bars",
    identity: "Perhaps another company",
    coverage: "Too many bars missing",
    extra_bar: "Bars on closed days",
    unit_error: "Another unit",
    bad_tick: "Bad print",
    split_suspect: "Looks like a split",
    spike: "Large move",
    stale: "Standing prices",
    zero_volume: "No volume",
    volume_unit: "Volume in money",
    opening_continuity: "Opens away from closes",
    time_zone_slip: "Wrong time zone",
    hourly_against_daily: "Hours and days differ",
    partial_bar: "Made of too few bars",
    revision: "Corrected by the source",
};

/** A check that a later server adds is still told by its name. */
export const checkName = (check: string): string =>
    names[check] ?? check.replace(/_/g, " ").replace(/^./, (first) => first.toUpperCase());

export const severityNames: Readonly<Record<Severity, string>> = {
    error: "Error",
    warning: "Warning",
    info: "Note",
};

/** Worst first, as the server orders them. */
const severities = ["error", "warning", "info"] as const;

const countedWords: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

export type Counts = Readonly<Record<Severity, number>>;

/** `1 error, 2 warnings, 4 notes`; null where nothing was found. */
export function countsInWords(counts: Counts): string | null {
    const parts = severities.flatMap((one) => (counts[one] > 0 ? [counted(counts[one], countedWords[one])] : []));
    return parts.length === 0 ? null : parts.join(", ");
}

export const worstOf = (counts: Counts): Severity | null => severities.find((one) => counts[one] > 0) ?? null;

export function countsOf(findings: readonly Finding[]): Counts {
    const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
    return { error: count("error"), warning: count("warning"), info: count("info") };
}

export const sumOf = ({ error, warning, info }: Counts): number => error + warning + info;

/** `21 Sep 2023`, or `1 Oct 2019 00:00 UTC to 3 Oct 2019 04:00 UTC`. */
export function findingTime({ from, to }: Finding, interval: Interval): string {
    const first = writtenTime(from, interval);
    return from === to ? first : `${first} to ${writtenTime(to, interval)}`;
}

/** Findings that nobody has dismissed, of bars between two times. */
export const openWithin = (findings: readonly Finding[], from: number, to: number): readonly Finding[] =>
    findings.filter((one) => !one.isDismissed && one.to >= from && one.from <= to);
