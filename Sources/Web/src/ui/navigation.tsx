/* The address is the state: pages read it, links and controls change it, and the back button comes for free. */
import {
    type AnchorHTMLAttributes,
    type MouseEvent,
    type ReactNode,
    useEffect,
    useRef,
    useSyncExternalStore,
} from "react";

const listeners = new Set<() => void>();
let hasNavigated = false;

const changed = (): void => listeners.forEach((listener) => listener());
window.addEventListener("popstate", () => {
    hasNavigated = true;
    changed();
});

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

/** Goes to an address of this app. `replace` leaves no step behind for the back button. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
    const isNewPage = new URL(to, location.href).pathname !== location.pathname;
    if (to === location.pathname + location.search) return;
    if (options.replace) history.replaceState(null, "", to);
    else history.pushState(null, "", to);
    if (isNewPage) {
        hasNavigated = true;
        scrollTo(0, 0);
    }
    changed();
}

export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname);
export const useQuery = (): string => useSyncExternalStore(subscribe, () => location.search);

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
    readonly href: string;
    readonly children: ReactNode;
}

/** A link inside the app. Clicks meant for a new tab or a download are left to the browser. */
export function Link({ href, onClick, ...rest }: LinkProps): JSX.Element {
    const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
        onClick?.(event);
        const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (event.defaultPrevented || !isPlain) return;
        event.preventDefault();
        navigate(href);
    };
    return <a href={href} onClick={follow} {...rest} />;
}

/** The page's heading. Names the document, and takes the focus when the reader came here by a link in the app. */
export function PageHeading({ title, children }: { title: string; children: ReactNode }): JSX.Element {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        document.title = title;
    }, [title]);
    useEffect(() => {
        if (hasNavigated) heading.current?.focus({ preventScroll: true });
    }, []);
    return (
        <h1 ref={heading} tabIndex={-1}>
            {children}
        </h1>
    );
}
