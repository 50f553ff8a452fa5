import type { AssetType } from "api-types";
import { useState } from "react";
import { type Choice, Combobox } from "../../ui/combobox";
import { useSymbols } from "../../ui/use-symbols";

interface Props {
    readonly label: string;
    readonly assetType: AssetType;
    readonly symbol: string;
    readonly choose: (symbol: string) => void;
}

interface SymbolChoice extends Choice {
    readonly symbol: string;
}

/** A symbol of one kind, found by typing. Until another is chosen, the one before it holds. */
export function SymbolField({ label, assetType, symbol, choose }: Props): JSX.Element {
    const [text, setText] = useState<string | null>(null);
    const [isOpen, setOpen] = useState(false);
    // A field that is opened on its symbol offers all of them, not only what is called like it.
    const query = text ?? "";
    const found = useSymbols(query, isOpen, assetType);
    const choices: readonly SymbolChoice[] =
        found.state === "ready"
            ? found.symbols.map((one) => ({
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
        <div className="search symbol-field">
            <Combobox
                label={label}
                placeholder="Symbol"
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
    );
}
