import { useCallback, useEffect, useRef } from "react";
import { navigate } from "./navigation";

const pauseAfterTyping = 300;
const pathOf = (address: string): string => address.split("?")[0]!;

/**
 * The address says what is typed: a reload, another sign-in and the back button find it again. Returns what writes it at
 * once.
 */
export function useAddress(address: string): () => void {
    const isFirst = useRef(true);
    const write = useCallback((): void => {
        if (location.pathname === pathOf(address)) navigate(address, { replace: true });
    }, [address]);
    useEffect(() => {
        if (isFirst.current) {
            isFirst.current = false;
            return;
        }
        const timer = setTimeout(write, pauseAfterTyping);
        return () => clearTimeout(timer);
    }, [write]);
    return write;
}
