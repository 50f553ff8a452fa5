/* Theme and up/down colours: kept in the browser, set on the root element, where the style sheet reads them. */
import { useSyncExternalStore } from "react";

export type Theme = "system" | "dark" | "light";
export type Colours = "blue-orange" | "green-red";

const listeners = new Set<() => void>();
const root = document.documentElement;
const systemIsLight = matchMedia("(prefers-color-scheme: light)");

const changed = (): void => listeners.forEach((listener) => listener());
systemIsLight.addEventListener("change", changed);

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

function set(name: "theme" | "colours", value: string, initial: string): void {
    if (value === initial) delete root.dataset[name];
    else root.dataset[name] = value;
    try {
        if (value === initial) localStorage.removeItem(name);
        else localStorage.setItem(name, value);
    } catch {
        // Storage is forbidden here: the choice holds until the page is left.
    }
    changed();
}

const theme = (): Theme => (root.dataset["theme"] as Theme | undefined) ?? "system";
const colours = (): Colours => (root.dataset["colours"] as Colours | undefined) ?? "blue-orange";

export const useTheme = (): [Theme, (value: Theme) => void] => [
    useSyncExternalStore(subscribe, theme),
    (value) => set("theme", value, "system"),
];

export const useColours = (): [Colours, (value: Colours) => void] => [
    useSyncExternalStore(subscribe, colours),
    (value) => set("colours", value, "blue-orange"),
];

/** Changes whenever colours on the screen do: what is drawn on a canvas has to be painted again. */
export const useLook = (): string =>
    useSyncExternalStore(subscribe, () => `${theme()} ${colours()} ${systemIsLight.matches ? "light" : "dark"}`);
