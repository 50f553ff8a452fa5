import { PageHeading } from "../../ui/navigation";
import { Skeleton } from "../../ui/notices";

/** The room before anything is known of the symbol: every part has its place already, so that nothing moves later. */
export const SymbolFrame = ({ symbol }: { symbol: string }): JSX.Element => (
    <>
        <div className="quote">
            <PageHeading title={`${symbol} · BitStockerz`}>{symbol}</PageHeading>
        </div>
        <div className="card chart-card">
            <div className="toolbar" />
            <Skeleton label={`Loading ${symbol}`} className="chart-skeleton" lines={1} />
            <p className="source-line" />
            <p className="standing" />
        </div>
        <BarsFrame />
    </>
);

/** The place of the table of bars. */
export const BarsFrame = (): JSX.Element => <div className="card bars-frame" />;
