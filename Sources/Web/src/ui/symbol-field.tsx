import type { AssetType } from "api-types";
import { useEffect, useState } from "react";
import type { SymbolSummary } from "../api/symbols";
import { type Choice, Combobox } from "./combobox";
import { Field } from "./fields";
import { type FoundSymbols, isFoundFor, useSymbols } from "./use-symbols";

interface Props {
    readonly label: string;
    /** Null: of any kind. */
    readonly assetType: AssetType | null;
    readonly symbol: string;
    readonly choose: (symbol: string) => void;
    readonly fault?: string | null;
    readonly isLabelHidden?: boolean;
}

interface SymbolChoice extends Choice {
    readonly symbol: string;
}

/**
 * A symbol, found by typing. Who leaves it with a ticker typed out has chosen that one; with anything else none is chosen,
 * what was typed stays, and the field says what is wrong: never is something else done than what is read there.
 */
export function SymbolField(props: Props): JSX.Element {
    const { label, assetType, symbol, choose, isLabelHidden = false } = props;
    const [text, setText] = useState<string | null>(null);
    const [isOpen, setOpen] = useState(false);
    /** Left with something typed of which the server has not told yet what it is. */
    const [isLeft, setLeft] = useState(false);
    /** What was left and is no symbol. */
    const [none, setNone] = useState<string | null>(null);
    // A field that is opened on its symbol offers all of them, not only what is called like it.
    const query = text ?? "";
    const typed = query.trim();
    const found = useSymbols(query, isOpen || isLeft, assetType);
    const isAnswered = isFoundFor(found, typed);
    const meant = isAnswered && found.state === "ready" ? found.symbols.find((one) => one.symbol === typed.toUpperCase()) : undefined;
    const take = (chosen: string): void => {
        setText(null);
        setLeft(false);
        choose(chosen);
    };
    useEffect(() => {
        // Somebody else has filled it in.
        if (symbol !== "") setText(null);
    }, [symbol]);
    useEffect(() => {
        if (!isLeft || !isAnswered) return;
        if (meant) return take(meant.symbol);
        setLeft(false);
        setNone(typed);
    }, [isLeft, isAnswered, found.state]);
    const leave = (): void => {
        if (typed === "" || typed.toUpperCase() === symbol) return setText(null);
        if (meant) return take(meant.symbol);
        setLeft(true);
        if (symbol !== "") choose("");
    };
    const fault = text !== null && typed === none ? faultOf(typed, found) : (props.fault ?? null);
    // What it holds stands first until something is typed: Enter then changes nothing.
    const others = found.state === "ready" ? found.symbols.filter((one) => one.symbol !== symbol) : [];
    const own = found.state === "ready" ? found.symbols.find((one) => one.symbol === symbol) : undefined;
    const isUntouched = query === "" && symbol !== "";
    const inOrder: readonly Pick<SymbolSummary, "symbol" | "name">[] = [
        ...(own ? [own] : isUntouched ? [{ symbol, name: null }] : []),
        ...others,
    ];
    const choices: readonly SymbolChoice[] =
        found.state === "ready"
            ? inOrder.map((one) => ({
                  id: one.symbol,
                  symbol: one.symbol,
                  content: (
                      <>
                          <b>{one.symbol}</b> <span>{one.name}</span>
                      </>
                  ),
              }))
            : [];
    return (
        <Field {...{ label, fault, isLabelHidden }}>
            {(ties) => (
                <div className="search symbol-field">
                    <Combobox
                        inputID={ties.id}
                        isInvalid={ties["aria-invalid"]}
                        describedBy={ties["aria-describedby"]}
                        label={label}
                        placeholder="Ticker or name"
                        text={text ?? symbol}
                        change={setText}
                        choices={choices}
                        choose={(choice) => take(choice.symbol)}
                        isAnswered={isAnswered}
                        state={
                            found.state === "failed"
                                ? found.message
                                : found.state === "ready" && choices.length === 0
                                  ? "No such symbol"
                                  : ""
                        }
                        isOpen={isOpen}
                        setOpen={setOpen}
                        leave={leave}
                    />
                </div>
            )}
        </Field>
    );
}

function faultOf(typed: string, found: FoundSymbols): string {
    if (found.state === "failed") return found.message;
    const isPart = found.state === "ready" && found.symbols.length > 0;
    return isPart ? `\u201C${typed}\u201D is no symbol: choose one from the list.` : `There is no symbol \u201C${typed}\u201D to choose here.`;
}
