import { type FocusEvent, type FormEvent, useCallback, useMemo, useState } from "react";
import type { Faults } from "../../lib/definition/faults";
import { type Fresh, freshAfter, freshAtFirst, nothingFresh, told, touched } from "../../lib/definition/fresh";
import type { Definition } from "../../lib/definition/tree";

interface Untouched {
    /** Of these faults the ones that may be told. */
    readonly told: Faults;
    readonly change: (before: Definition, after: Definition) => void;
    /** Hides nothing any more. */
    readonly tellAll: () => void;
    /** For the element around the fields: they say with `data-at` where they are. */
    readonly watch: { readonly onBlur: (event: FocusEvent) => void; readonly onInput: (event: FormEvent) => void };
}

/** Which fields of the builder nobody has been in yet. */
export function useFresh(first: Definition, faults: Faults): Untouched {
    const [fresh, setFresh] = useState<Fresh>(() => freshAtFirst(first));
    const shown = useMemo(() => told(faults, fresh), [faults, fresh]);
    const change = useCallback(
        (before: Definition, after: Definition): void => setFresh((now) => freshAfter(now, before, after)),
        [],
    );
    const tellAll = useCallback((): void => setFresh(nothingFresh), []);
    const watch = useMemo(() => {
        const touch = ({ target }: { readonly target: EventTarget }): void => {
            const at = (target as HTMLElement).dataset["at"];
            if (at !== undefined) setFresh((now) => touched(now, at));
        };
        return { onBlur: touch, onInput: touch };
    }, []);
    return { told: shown, change, tellAll, watch };
}
