/* The address is the state: pages read it, links and controls change it, and the back button comes for free. */
import {
    type AnchorHTMLAttributes,
    type MouseEvent,
    type ReactNode,
    useEffect,
    useRef,
    useState,
    useSyncExternalStore,
} from "react";
import { unturned } from "../lib/format";

const listeners = new Set<() => void>();
const changed = (): void => listeners.forEach((listener) => listener());
function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

let hasNavigated = false;
/** Whether the reader has pressed something since the page began to change: pages come later than their address. */
let hasGoneOn = false;
for (const kind of ["pointerdown", "keydown"])
    window.addEventListener(kind, () => (hasGoneOn = true), { capture: true, passive: true });

/** What had the focus then: who presses the link once more has not gone on. */
let focusedAtLeave: Element | null = null;

/** From here on the page that is to come takes the focus. */
function leave(): void {
    hasNavigated = true;
    hasGoneOn = false;
    focusedAtLeave = document.activeElement;
}

/** Whether the reader has turned to something else since. */
const isElsewhere = (): boolean =>
    hasGoneOn && document.activeElement !== document.body && document.activeElement !== focusedAtLeave;
/** How many steps of this page lie before the one that is shown: tells a step back from one forward. */
let step = stepOf(history.state) ?? 0;
/** What the step that is shown keeps of its page, by name: it is there again on the way back, and after a reload. */
let kept = keptOf(history.state);
/** How far each step was scrolled when it was left. */
const scrolled = new Map<number, number>();

function stepOf(state: unknown): number | null {
    const found = (state as { readonly step?: unknown } | null)?.step;
    return typeof found === "number" ? found : null;
}

function keptOf(state: unknown): Readonly<Record<string, unknown>> {
    return (state as { readonly kept?: Readonly<Record<string, unknown>> } | null)?.kept ?? {};
}

/** A link to a part of the page (`#main`) is a step that the browser takes by itself, always a new one. */
function adoptStep(): void {
    if (stepOf(history.state) !== null) return;
    scrolled.set(step, scrollY);
    step++;
    history.replaceState({ step, kept }, "");
}
window.addEventListener("hashchange", adoptStep);

// What a page shows comes later than the browser's own attempt to scroll to where one was.
history.scrollRestoration = "manual";
history.replaceState({ step, kept }, "");

/**
 * A value that is kept with the step, as long as that is of this page; no step of its own. The way back to another step
 * of the same page brings what was kept there.
 */
export function useKeptInStep<Value>(name: string, first: () => Value): readonly [Value, (value: Value) => void] {
    const [value, setValue] = useState(() => (kept[name] as Value | undefined) ?? first());
    const [path] = useState(shownPath);
    useEffect(() => {
        const bring = (): void => {
            if (location.pathname === path && kept[name] !== undefined) setValue(kept[name] as Value);
        };
        listeners.add(bring);
        return () => {
            listeners.delete(bring);
        };
    }, [name, path]);
    const set = (next: Value): void => {
        setValue(next);
        if (location.pathname !== path) return;
        kept = { ...kept, [name]: next };
        try {
            history.replaceState({ step, kept }, "");
        } catch {
            // Browsers take only so many in half a minute; the next one, or the way to another step, brings it along.
        }
    };
    return [value, set];
}

/** What would be lost by leaving, as a question; the newest guard is asked first. */
interface Guard {
    readonly message: string;
}
const guards = new Set<Guard>();

/** A way out of the page that waits for the reader's word. */
export interface Leaving {
    readonly message: string;
    readonly go: () => void;
    readonly stay: () => void;
}
let leaving: Leaving | null = null;
export const useLeaving = (): Leaving | null => useSyncExternalStore(subscribe, () => leaving);

/** Runs `go`, after the reader has agreed to lose what guards are there for. */
export function askToLeave(go: () => void): void {
    const guard = [...guards].pop();
    if (!guard) {
        go();
        return;
    }
    const end = (): void => {
        leaving = null;
        changed();
    };
    leaving = {
        message: guard.message,
        stay: end,
        go: () => {
            guards.clear();
            end();
            go();
        },
    };
    changed();
}

let isReturning = false;
window.addEventListener("popstate", (event) => {
    const to = stepOf(event.state);
    if (to === null) {
        adoptStep();
        return;
    }
    const distance = to - step;
    if (isReturning) {
        isReturning = false;
        step = to;
        return;
    }
    if (guards.size > 0 && location.pathname !== shownPath) {
        // The browser has gone already: back to where the reader is, and once more when they agree.
        isReturning = true;
        history.go(-distance);
        step = to - distance;
        askToLeave(() => history.go(distance));
        return;
    }
    scrolled.set(step, scrollY);
    step = to;
    kept = keptOf(event.state);
    leave();
    const isOtherPage = location.pathname !== shownPath;
    shownPath = location.pathname;
    changed();
    if (isOtherPage) scrollWhenPossible(scrolled.get(to) ?? 0);
});

/** The path that is on the screen. */
let shownPath = location.pathname;

window.addEventListener("beforeunload", (event) => {
    if (guards.size > 0) event.preventDefault();
});

/** While `isUnsaved`, nobody leaves the page without being asked `message` first. */
export function useGuard(isUnsaved: boolean, message: string): void {
    useEffect(() => {
        if (!isUnsaved) return;
        const guard = { message };
        guards.add(guard);
        return () => {
            guards.delete(guard);
        };
    }, [isUnsaved, message]);
}

interface NavigateOptions {
    /** Leaves no step behind for the back button. */
    readonly replace?: boolean;
    /** Asks nobody: what guards are for is safe, or is to be lost. */
    readonly force?: boolean;
}

/** Goes to an address of this app. */
export function navigate(to: string, { replace = false, force = false }: NavigateOptions = {}): void {
    const { pathname, search, hash } = new URL(to, location.href);
    if (pathname + search + hash === location.pathname + location.search + location.hash) return;
    const isNewPage = pathname !== location.pathname;
    const go = (): void => {
        // Another part of the same page looks as this one does.
        if (isNewPage) kept = {};
        if (replace) history.replaceState({ step, kept }, "", to);
        else {
            scrolled.set(step, scrollY);
            step++;
            history.pushState({ step, kept }, "", to);
        }
        shownPath = location.pathname;
        if (isNewPage) {
            leave();
            scrollTo(0, 0);
        }
        changed();
    };
    if (isNewPage && !force) {
        askToLeave(go);
        return;
    }
    // Whatever was asked about is decided.
    if (force) leaving = null;
    go();
}

/** Rooms grow while their data comes: tries until the page is long enough, or the reader scrolls, or a second is over. */
function scrollWhenPossible(top: number): void {
    scrollTo(0, 0);
    if (top === 0) return;
    const end = performance.now() + 1_000;
    let isOver = false;
    const stop = (): void => {
        isOver = true;
    };
    for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"])
        window.addEventListener(kind, stop, { once: true, passive: true });
    const attempt = (): void => {
        if (isOver) return;
        scrollTo(0, top);
        if (Math.abs(scrollY - top) > 1 && performance.now() < end) requestAnimationFrame(attempt);
    };
    requestAnimationFrame(attempt);
}

export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname);
export const useQuery = (): string => useSyncExternalStore(subscribe, () => location.search);

/** Whether a click means this window, and not a new tab or a download. */
export const isPlainClick = (event: MouseEvent): boolean =>
    event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
    readonly href: string;
    readonly children: ReactNode;
}

/** A link inside the app. Clicks meant for a new tab or a download are left to the browser. */
export function Link({ href, onClick, ...rest }: LinkProps): JSX.Element {
    const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
        onClick?.(event);
        if (event.defaultPrevented || !isPlainClick(event)) return;
        event.preventDefault();
        navigate(href);
    };
    return <a href={href} onClick={follow} {...rest} />;
}

/**
 * The page's heading. Names the document, and takes the focus when the reader came here by a link in the app, unless they
 * have gone on to something else while the page was on its way: a menu that they have opened stays open.
 */
export function PageHeading({ title, children }: { title: string; children: ReactNode }): JSX.Element {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        document.title = unturned(title);
    }, [title]);
    useEffect(() => {
        if (hasNavigated && !isElsewhere()) heading.current?.focus({ preventScroll: true });
    }, []);
    return (
        <h1 ref={heading} tabIndex={-1}>
            {children}
        </h1>
    );
}
