/* Who is asked for prices, how they answer, and asking them now. */
import "../shared";
import type { AssetType } from "api-types";
import { useState } from "react";
import { fetchPrices, type PriceProvider, readProviders, sourcesKey } from "../api/sources";
import { assetTypeNames } from "../lib/kinds";
import { standingOfSource } from "../lib/data/source-words";
import { noValue } from "../lib/format";
import { jobsPath } from "../lib/routes";
import { ToneMark } from "../ui/findings";
import { faultOf, Form, mistake, SelectField, TextField } from "../ui/form";
import { navigate } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Button, Card } from "../ui/parts";
import { type Column, Table } from "../ui/table/table";
import { timeColumn } from "../ui/table/time-column";
import { useResource } from "../ui/use-resource";
import { useWork } from "../ui/use-work";
import { DataHead, useMayImport } from "./data/data-head";

export default function SourcesRoom(): JSX.Element {
    const [providers, reload] = useResource<readonly PriceProvider[]>(sourcesKey, readProviders);
    const mayImport = useMayImport();
    return (
        <div className="page">
            <DataHead title="Sources">Who is asked for prices over the network, and how they answer.</DataHead>
            {providers.state === "loading" && <Skeleton label="Loading the sources" lines={5} className="card" />}
            {providers.state === "failed" && (
                <FailureNotice what="The sources did not load." error={providers.error} retry={reload} />
            )}
            {providers.state === "ready" && (
                <>
                    {mayImport && <Fetching providers={providers.value} />}
                    <Card isFlush>
                        <Table
                            label="Sources"
                            testID="sources"
                            rows={providers.value}
                            columns={columns}
                            rowKey={({ name }) => name}
                            noun="source"
                        />
                    </Card>
                </>
            )}
        </div>
    );
}

const columns: readonly Column<PriceProvider>[] = [
    { key: "title", title: "Source", isPrimary: true, value: ({ title }) => title },
    {
        key: "kinds",
        title: "Prices of",
        value: ({ assetTypes }) => assetTypes.map((kind) => assetTypeNames[kind]).join(", ") || noValue,
    },
    {
        key: "state",
        title: "State",
        value: (source) => standingOfSource(source).text,
        cell: (source) => {
            const { tone, text } = standingOfSource(source);
            return (
                <span className="data-state">
                    <ToneMark tone={tone} /> {text}
                </span>
            );
        },
    },
    { key: "series", title: "Series", kind: "number", value: ({ series }) => series },
    timeColumn("success", "Last answer", ({ lastSuccessAt }) => lastSuccessAt),
    timeColumn("failure", "Last failure", ({ lastFailureAt }) => lastFailureAt),
    { key: "code", title: "Why", isFiller: true, value: ({ lastErrorCode }) => lastErrorCode },
];

/** Asks now: for what is behind, or for a symbol, which is added when it is new. */
function Fetching({ providers }: { providers: readonly PriceProvider[] }): JSX.Element {
    const kinds = (["EQUITY", "CRYPTO"] as const).filter((kind) => providers.some((one) => one.assetTypes.includes(kind)));
    const [symbol, setSymbol] = useState("");
    const [kind, setKind] = useState<AssetType | "">("");
    const [work, run] = useWork();
    const chosen = kind || kinds[0];
    const start = async (assetType: AssetType, wanted: string | null): Promise<void> => {
        navigate(jobsPath(await fetchPrices(assetType, wanted)));
    };
    if (kinds.length === 0)
        return (
            <EmptyNotice title="No source is set up yet.">
                Whoever runs this server gives it a source: some need no key, some do (README, “Prices”).
            </EmptyNotice>
        );
    return (
        <Card title="Fetch prices">
            <Form
                work={work}
                what="Nothing is fetched."
                fields={["symbol"]}
                label="Fetch prices"
                submit={() =>
                    void run(async () => {
                        if (symbol.trim() === "") throw mistake("symbol", "Say which symbol.");
                        await start(chosen!, symbol.trim());
                    })
                }
            >
                <div className="form-grid">
                    <TextField
                        label="Symbol"
                        explain="One that is here is brought up to date; a new one is added with all its source has."
                        placeholder={chosen === "CRYPTO" ? "BTC-USD" : "AAPL"}
                        autoComplete="off"
                        spellCheck={false}
                        value={symbol}
                        change={setSymbol}
                        fault={faultOf(work.error, "symbol")}
                    />
                    <SelectField
                        label="Kind"
                        options={kinds.map((value) => ({ value, label: assetTypeNames[value] }))}
                        value={chosen ?? ""}
                        change={setKind}
                    />
                </div>
                <p className="form-actions">
                    <Button kind="primary" type="submit" isBusy={work.isRunning}>
                        Fetch it
                    </Button>
                    {kinds.map((one) => (
                        <Button key={one} isBusy={work.isRunning} onClick={() => void run(() => start(one, null))}>
                            Fetch all {one === "EQUITY" ? "stocks" : "coins"} that are behind
                        </Button>
                    ))}
                </p>
            </Form>
        </Card>
    );
}
