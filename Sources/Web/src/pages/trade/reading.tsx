import type { ReactNode } from "react";
import { FailureNotice, Skeleton } from "../../ui/notices";
import type { Reload, Resource } from "../../ui/use-resource";

interface Props<T> {
    readonly found: Resource<T>;
    readonly reload: Reload;
    /** `your positions`: what is on its way. */
    readonly what: string;
    readonly lines?: number;
    readonly children: (value: T) => ReactNode;
}

/** One part of the room: on its way, not to be had, or there. The others do not mind. */
export function Reading<T>({ found, reload, what, lines = 5, children }: Props<T>): JSX.Element {
    if (found.state === "loading") return <Skeleton label={`Loading ${what}`} lines={lines} />;
    if (found.state === "failed") {
        const name = what.charAt(0).toUpperCase() + what.slice(1);
        return <FailureNotice what={`${name} did not load.`} error={found.error} retry={reload} />;
    }
    return <>{children(found.value)}</>;
}
