import { useState } from "react";
import type { PageOf } from "../../api/trading";
import { type Reload, type Resource, useResource } from "../../ui/use-resource";
import { useWork, type Work } from "../../ui/use-work";

export interface Pages<Row> {
    readonly found: Resource<PageOf<Row>>;
    readonly reload: Reload;
    /** Those of the first page, and those that were asked for after it. */
    readonly rows: readonly Row[];
    readonly hasMore: boolean;
    readonly more: Work;
    readonly loadMore: () => void;
}

interface Older<Row> {
    /** What they follow on: read again, the first page is another one. */
    readonly after: PageOf<Row>;
    readonly rows: readonly Row[];
    readonly hasMore: boolean;
}

/** A list that is read a page at a time, newest first. */
export function usePages<Row>(key: string, read: (offset: number) => Promise<PageOf<Row>>): Pages<Row> {
    const [found, reload] = useResource<PageOf<Row>>(key, () => read(0));
    const [held, setHeld] = useState<Older<Row> | null>(null);
    const [more, run] = useWork();
    const first = found.state === "ready" ? found.value : null;
    const older = held !== null && held.after === first ? held : null;
    const rows = [...(first?.rows ?? []), ...(older?.rows ?? [])];
    const loadMore = (): void =>
        void run(async () => {
            if (!first) return;
            const page = await read(rows.length);
            setHeld({ after: first, rows: [...(older?.rows ?? []), ...page.rows], hasMore: page.hasMore });
        });
    return { found, reload, rows, hasMore: older?.hasMore ?? first?.hasMore ?? false, more, loadMore };
}
