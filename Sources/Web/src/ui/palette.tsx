/*
 * The search at the head of every page: symbols, strategies, runs, and everything that can be done here by name. Ctrl-K
 * or / goes to it from anywhere.
 */
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { Named } from "../api/named";
import { counted } from "../lib/format";
import { assetTypeNames } from "../lib/kinds";
import { backtestPath, strategyPath, symbolPath } from "../lib/routes";
import { matches } from "../lib/search-text";
import { type Choice, Combobox } from "./combobox";
import { type Command, keysOf, useCommandList, useCommands } from "./commands";
import { Keys } from "./help";
import { SearchIcon } from "./icons";
import { Marked } from "./marked";
import { navigate } from "./navigation";
import { useAccount } from "./use-account";
import { useResource } from "./use-resource";
import { type FoundSymbols, isFoundFor, useSymbols } from "./use-symbols";

interface Entry extends Choice {
    readonly run: () => void;
}

const maximumOfAGroup = 5;

export function Palette(): JSX.Element {
    const [text, setText] = useState("");
    const [isOpen, setOpen] = useState(false);
    const found = useSymbols(text, isOpen);
    const own = useOwnThings(isOpen);
    const commands = useCommandList();
    const input = useRef<HTMLInputElement>(null);
    const query = text.trim();
    const focus = (): void => {
        input.current?.focus();
        input.current?.select();
    };
    useCommands([
        { id: "search", label: "Search", group: "Help", keys: ["/", "Ctrl+K"], run: focus },
    ]);

    const choices = useMemo<readonly Entry[]>(() => {
        const symbols = found.state === "ready" ? found.symbols : [];
        const entries: Entry[] = symbols.map((symbol) => ({
            id: `symbol ${symbol.symbol}`,
            group: "Symbols",
            content: line(symbol.symbol, symbol.name ?? "", query, symbol.exchange ?? assetTypeNames[symbol.assetType]),
            run: () => navigate(symbolPath(symbol.symbol)),
        }));
        const add = (group: string, things: readonly Named[], path: (id: string) => string): void => {
            for (const { id, name, detail } of things.filter((one) => matches(one.name, query)).slice(0, maximumOfAGroup))
                entries.push({ id, group, content: line(name, detail, query), run: () => navigate(path(id)) });
        };
        // Without a word the list is of symbols and pages: everything would be too much to read.
        if (query !== "") {
            add("Strategies", own.strategies, strategyPath);
            add("Backtests", own.backtests, backtestPath);
        }
        // What the room that is open has a key for it does by itself; the shell would lead to it.
        const once = new Map<string, Command>();
        for (const command of commands)
            if (!once.has(command.id) || keysOf(command).length > 0) once.set(command.id, command);
        const shown = [...once.values()].filter(
            ({ id, label, group }) =>
                !id.startsWith("search") && (query === "" ? group === "Go to" : matches(label, query)),
        );
        for (const command of shown) {
            const { id, label, group, isLocal, run } = command;
            const [keys] = isLocal ? [] : keysOf(command);
            entries.push({ id, group, content: line(label, "", query, keys && <Keys keys={keys} />), run });
        }
        return entries;
    }, [found, own, commands, query]);

    return (
        <div className="search" role="search">
            <SearchIcon />
            <Combobox
                label="Search"
                placeholder="Search or jump to…"
                keys="Control+K /"
                input={input}
                {...{ text, choices, isOpen, setOpen }}
                change={setText}
                // What needs no server is there without one.
                isAnswered={isFoundFor(found, query)}
                state={stateInWords(found, choices.length, query)}
                choose={(entry) => {
                    setText("");
                    input.current?.blur();
                    entry.run();
                }}
            />
            <kbd aria-hidden="true">Ctrl K</kbd>
        </div>
    );
}

const line = (name: string, detail: string, query: string, end?: ReactNode): JSX.Element => (
    <>
        <b>
            <bdi>
                <Marked text={name} query={query} />
            </bdi>
        </b>{" "}
        <span className="search-name">
            <Marked text={detail} query={query} />
        </span>{" "}
        <span className="search-kind">{end}</span>
    </>
);

function stateInWords(found: FoundSymbols, count: number, query: string): string {
    if (count > 0) return counted(count, "result");
    if (found.state === "failed") return found.message;
    return found.state === "ready" ? `Nothing matches \u201C${query}\u201D.` : "Searching\u2026";
}

interface OwnThings {
    readonly strategies: readonly Named[];
    readonly backtests: readonly Named[];
}
const none: OwnThings = { strategies: [], backtests: [] };

/** The user's strategies and runs, read when the list is first opened. A search that lacks them still finds the rest. */
function useOwnThings(isOpen: boolean): OwnThings {
    const account = useAccount();
    const isUser = account.state === "signed-in" && account.profile.session?.kind === "full";
    const isAsking = isOpen && isUser;
    const [strategies] = useResource(isAsking ? "strategies/names" : "", async () =>
        isAsking ? (await import("../api/named")).namedStrategies() : none.strategies,
    );
    const [backtests] = useResource(isAsking ? "backtests/names" : "", async () =>
        isAsking ? (await import("../api/named")).namedBacktests() : none.backtests,
    );
    return useMemo(
        () => ({
            strategies: strategies.state === "ready" ? strategies.value : none.strategies,
            backtests: backtests.state === "ready" ? backtests.value : none.backtests,
        }),
        [strategies, backtests],
    );
}
