/* The page on its way to paper. */
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";

/** True while the browser takes the page for paper: what is only for paper is there in time, in colours for paper. */
export function usePrinting(): boolean {
    const [isPrinting, setPrinting] = useState(false);
    useEffect(() => {
        const root = document.documentElement;
        let theme: string | undefined;
        const begin = (): void => {
            theme ??= root.dataset["theme"];
            // Dark is a colour of screens: paper is white.
            root.dataset["theme"] = "light";
            // The browser looks at the page as soon as this returns.
            flushSync(() => setPrinting(true));
        };
        const end = (): void => {
            if (theme !== undefined) root.dataset["theme"] = theme;
            theme = undefined;
            setPrinting(false);
        };
        window.addEventListener("beforeprint", begin);
        window.addEventListener("afterprint", end);
        return () => {
            end();
            window.removeEventListener("beforeprint", begin);
            window.removeEventListener("afterprint", end);
        };
    }, []);
    return isPrinting;
}
