/*
 * The search in the header: a combobox after the ARIA practices. The focus stays in the field; arrows move through the
 * list, Enter opens, Escape closes, then clears. Ctrl-K or / goes to it from anywhere.
 */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { searchSymbols, type SymbolSummary } from "../api/symbols";
import { symbolPath } from "../lib/routes";
import { marked } from "../lib/search-text";
import { SearchIcon } from "./icons";
import { navigate } from "./navigation";

type Found =
    | { readonly state: "idle" | "loading" }
    | { readonly state: "ready"; readonly query: string; readonly symbols: readonly SymbolSummary[] }
    | { readonly state: "failed"; readonly message: string };

const pauseAfterTyping = 120;

export function SymbolSearch(): JSX.Element {
    const [text, setText] = useState("");
    const [isOpen, setOpen] = useState(false);
    const [active, setActive] = useState(0);
    // Enter pressed before the answer to what was typed is here: the first symbol of that answer is opened.
    const [isEnterWaiting, setEnterWaiting] = useState(false);
    const found = useFound(text, isOpen);
    const input = useRef<HTMLInputElement>(null);
    const listID = useId();
    useShortcut(input);

    const symbols = found.state === "ready" ? found.symbols : [];
    const chosen = symbols[Math.min(active, symbols.length - 1)];
    const optionID = (symbol: SymbolSummary): string => `${listID}-${symbol.symbol}`;
    const open = (symbol: SymbolSummary): void => {
        setOpen(false);
        setText("");
        input.current?.blur();
        navigate(symbolPath(symbol.symbol));
    };
    const isAnswer = found.state === "ready" && found.query === text.trim();
    const enter = (): void => {
        if (!isAnswer) setEnterWaiting(isOpen);
        else if (isOpen && chosen) open(chosen);
    };
    useEffect(() => {
        if (!isEnterWaiting || !isAnswer) return;
        setEnterWaiting(false);
        if (chosen) open(chosen);
    }, [isEnterWaiting, isAnswer]);
    const move = (to: number): void => {
        setOpen(true);
        if (symbols.length > 0) setActive((to + symbols.length) % symbols.length);
    };
    const press = (event: KeyboardEvent): void => {
        const actions: Record<string, () => void> = {
            ArrowDown: () => move(isOpen ? active + 1 : 0),
            ArrowUp: () => move(isOpen ? active - 1 : symbols.length - 1),
            Enter: enter,
            Escape: () => (isOpen ? setOpen(false) : setText("")),
        };
        const action = event.nativeEvent.isComposing ? undefined : actions[event.key];
        if (!action) return;
        event.preventDefault();
        action();
    };

    return (
        <div className="search" role="search">
            <SearchIcon />
            <input
                ref={input}
                type="text"
                role="combobox"
                aria-label="Search symbols"
                aria-expanded={isOpen}
                aria-controls={listID}
                aria-autocomplete="list"
                aria-activedescendant={isOpen && chosen ? optionID(chosen) : undefined}
                aria-keyshortcuts="Control+K /"
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                enterKeyHint="go"
                maxLength={64}
                placeholder="Search symbols"
                value={text}
                onChange={(event) => {
                    setText(event.target.value);
                    setActive(0);
                    setEnterWaiting(false);
                    setOpen(true);
                }}
                onFocus={() => setOpen(true)}
                onBlur={() => setOpen(false)}
                onKeyDown={press}
            />
            <kbd aria-hidden="true">Ctrl K</kbd>
            {/* The press must not take the focus out of the field before the click has chosen. */}
            <div className="search-panel" hidden={!isOpen} onMouseDown={(event) => event.preventDefault()}>
                <ul id={listID} role="listbox" aria-label="Symbols" hidden={symbols.length === 0}>
                    {symbols.map((symbol) => (
                        <li
                            key={symbol.symbol}
                            id={optionID(symbol)}
                            role="option"
                            aria-selected={symbol === chosen}
                            ref={(item) => symbol === chosen && isOpen && item?.scrollIntoView({ block: "nearest" })}
                            onClick={() => open(symbol)}
                        >
                            <b>
                                <Marked text={symbol.symbol} query={text.trim()} />
                            </b>
                            <span className="search-name">
                                <Marked text={symbol.name ?? ""} query={text.trim()} />
                            </span>
                            <span className="search-kind">{symbol.exchange ?? symbol.assetType.toLowerCase()}</span>
                        </li>
                    ))}
                </ul>
                <p role="status" className={symbols.length > 0 ? "visually-hidden" : "search-state"}>
                    {isOpen && stateInWords(found)}
                </p>
            </div>
        </div>
    );
}

const Marked = ({ text, query }: { text: string; query: string }): JSX.Element => (
    <>{marked(text, query).map((part, index) => (part.isMatch ? <mark key={index}>{part.text}</mark> : part.text))}</>
);

function stateInWords(found: Found): string {
    switch (found.state) {
        case "idle":
        case "loading":
            return "Searching\u2026";
        case "failed":
            return found.message;
        case "ready":
            if (found.symbols.length === 0) return `No symbol matches \u201C${found.query}\u201D.`;
            return `${found.symbols.length} ${found.symbols.length === 1 ? "symbol" : "symbols"} found`;
    }
}

/** What the server finds for the text, asked a moment after the last key; a new key takes back the question before. */
function useFound(text: string, isOpen: boolean): Found {
    const [found, setFound] = useState<Found>({ state: "idle" });
    const isFirst = found.state === "idle";
    useEffect(() => {
        if (!isOpen) return;
        const ending = new AbortController();
        const timer = setTimeout(
            () => {
                if (isFirst) setFound({ state: "loading" });
                searchSymbols(text, { limit: 8, signal: ending.signal }).then(
                    ({ symbols }) => setFound({ state: "ready", query: text.trim(), symbols }),
                    (error: unknown) => {
                        if (ending.signal.aborted) return;
                        setFound({
                            state: "failed",
                            message: error instanceof Error ? error.message : "The search failed.",
                        });
                    },
                );
            },
            text === "" ? 0 : pauseAfterTyping,
        );
        return () => {
            clearTimeout(timer);
            ending.abort();
        };
    }, [text, isOpen]);
    return found;
}

function useShortcut(input: { readonly current: HTMLInputElement | null }): void {
    useEffect(() => {
        const press = (event: globalThis.KeyboardEvent): void => {
            const target = event.target as HTMLElement;
            const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
            const isPalette = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
            const isSlash = event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
            if (!isPalette && !isSlash) return;
            event.preventDefault();
            input.current?.focus();
            input.current?.select();
        };
        document.addEventListener("keydown", press);
        return () => document.removeEventListener("keydown", press);
    }, [input]);
}
