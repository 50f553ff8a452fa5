import type { Position } from "api-types";
import { decimal, direction, directionMark, noValue, signedPercent } from "../../lib/format";
import { symbolPath, tradePath } from "../../lib/routes";
import { cash } from "../../lib/trading/words";
import { Link } from "../../ui/navigation";
import { SymbolName } from "../../ui/spark";
import { Widget, type WidgetProps } from "./widget";

/** Those worth most. */
export const PaperPositions = (props: WidgetProps<readonly Position[]>): JSX.Element => (
    <Widget
        {...props}
        title="Positions"
        fault="Your positions did not load."
        actions={"value" in props.part && props.part.value.length > 0 && <Link href={tradePath()}>All positions</Link>}
    >
        {(positions) =>
            positions.length === 0 ? (
                <p className="dim">
                    Nothing yet. <Link href={tradePath()}>Buy something on paper</Link> to follow it here.
                </p>
            ) : (
                <ul className="watched held" aria-label="Positions: share of the equity, value, and change since they were bought">
                    {positions.map((position) => (
                        <li key={position.symbolId}>
                            <Held position={position} />
                        </li>
                    ))}
                </ul>
            )
        }
    </Widget>
);

function Held({ position }: { position: Position }): JSX.Element {
    const { symbol, name, equityPct, value, unrealizedPct } = position;
    const way = direction(unrealizedPct ?? 0);
    return (
        <Link href={symbolPath(symbol)}>
            <SymbolName symbol={symbol} name={name === symbol ? null : name} />
            <span className="dim">{equityPct === null ? noValue : `${decimal(equityPct, 1)}%`}</span>
            <b>{value === null ? noValue : cash(value)}</b>
            <span className={way}>
                {unrealizedPct === null ? noValue : `${directionMark[way]} ${signedPercent(unrealizedPct / 100)}`}
            </span>
        </Link>
    );
}
