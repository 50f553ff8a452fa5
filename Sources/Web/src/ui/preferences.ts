/*
 * Theme, up/down colours and the clock that hours are told by, all kept in the browser. The first two are set on the
 * root element, where the style sheet reads them.
 */
import { useSyncExternalStore } from "react";
import { type Clock, setClock as tellBy } from "../lib/time";

export type Theme = "system" | "dark" | "light";
export type Colours = "blue-orange" | "green-red";

const listeners = new Set<() => void>();
const root = document.documentElement;
const systemIsLight = matchMedia("(prefers-color-scheme: light)");

function kept(name: string): string | null {
    try {
        return localStorage.getItem(name);
    } catch {
        return null;
    }
}

/** Null is the initial choice, which nothing is kept for. Without storage it holds until the page is left. */
function keep(name: string, value: string | null): void {
    try {
        if (value === null) localStorage.removeItem(name);
        else localStorage.setItem(name, value);
    } catch {
        // Storage is forbidden here.
    }
}

const isTheme = (text: string | null): text is "dark" | "light" => text === "dark" || text === "light";
const initialTheme = kept("theme");
let theme: Theme = isTheme(initialTheme) ? initialTheme : "system";
let colours: Colours = root.dataset["colours"] === "green-red" ? "green-red" : "blue-orange";

let clock: Clock = kept("clock") === "own" ? "own" : "utc";
tellBy(clock);

/** Puts the choices on the root element, as boot.ts does before the first paint. */
function apply(): void {
    root.dataset["theme"] = theme === "system" ? (systemIsLight.matches ? "light" : "dark") : theme;
    if (colours === "green-red") root.dataset["colours"] = colours;
    else delete root.dataset["colours"];
    listeners.forEach((listener) => listener());
}
systemIsLight.addEventListener("change", apply);

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

function setTheme(value: Theme): void {
    theme = value;
    keep("theme", value === "system" ? null : value);
    apply();
}

function setColours(value: Colours): void {
    colours = value;
    keep("colours", value === "blue-orange" ? null : value);
    apply();
}

function setClock(value: Clock): void {
    clock = value;
    keep("clock", value === "utc" ? null : value);
    tellBy(value);
    apply();
}

export const useTheme = (): [Theme, (value: Theme) => void] => [
    useSyncExternalStore(subscribe, () => theme),
    setTheme,
];

export const useColours = (): [Colours, (value: Colours) => void] => [
    useSyncExternalStore(subscribe, () => colours),
    setColours,
];

export const useClock = (): [Clock, (value: Clock) => void] => [
    useSyncExternalStore(subscribe, () => clock),
    setClock,
];

/** Changes whenever colours on the screen do: what is drawn on a canvas has to be painted again. */
export const useLook = (): string =>
    useSyncExternalStore(subscribe, () => `${root.dataset["theme"]} ${colours}`);
