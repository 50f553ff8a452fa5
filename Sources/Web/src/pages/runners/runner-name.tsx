import type { Runner } from "api-types";

type Named = Pick<Runner, "strategyName" | "versionNumber" | "symbol">;

/** As `runnerName` writes it; a name that reads from right to left turns nothing beside it round. */
export const RunnerName = ({ runner: { strategyName, versionNumber, symbol } }: { runner: Named }): JSX.Element => (
    <>
        <bdi>{strategyName}</bdi> v{versionNumber} on {symbol}
    </>
);
