import { useSyncExternalStore } from "react";

/** A laptop: rows are no cards, and a table beside something else has not the room for every column. */
const narrow = matchMedia("(min-width: 761px) and (max-width: 1399px)");

function subscribe(listener: () => void): () => void {
    narrow.addEventListener("change", listener);
    return () => narrow.removeEventListener("change", listener);
}

export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow.matches);
