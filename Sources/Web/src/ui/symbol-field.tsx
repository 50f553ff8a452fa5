import type { AssetType } from "api-types";
import { useState } from "react";
import type { SymbolSummary } from "../api/symbols";
import { type Choice, Combobox } from "./combobox";
import { Field } from "./fields";
import { useSymbols } from "./use-symbols";

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

/** A symbol, found by typing. Until another is chosen, the one before it holds. */
export function SymbolField(props: Props): JSX.Element {
    const { label, assetType, symbol, choose, fault = null, isLabelHidden = false } = props;
    const [text, setText] = useState<string | null>(null);
    const [isOpen, setOpen] = useState(false);
    // A field that is opened on its symbol offers all of them, not only what is called like it.
    const query = text ?? "";
    const found = useSymbols(query, isOpen, assetType);
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
                        choose={(choice) => {
                            setText(null);
                            choose(choice.symbol);
                        }}
                        isAnswered={found.state === "ready" && found.query === query.trim()}
                        state={
                            found.state === "failed"
                                ? found.message
                                : found.state === "ready" && choices.length === 0
                                  ? "No such symbol"
                                  : ""
                        }
                        isOpen={isOpen}
                        setOpen={(isNowOpen) => {
                            setOpen(isNowOpen);
                            if (!isNowOpen) setText(null);
                        }}
                    />
                </div>
            )}
        </Field>
    );
}
