import { memo, useCallback, useId, useMemo, useRef, useState } from "react";
import { addIndicator, changeParam, changeSource, changeType, moveIndicator, removeIndicator } from "../../lib/definition/edit";
import { type Faults, noFaults, type PartFaults } from "../../lib/definition/faults";
import { type Catalog, indicatorFields, maximumIndicators } from "../../lib/definition/grammar";
import { indicatorName, usesOf } from "../../lib/definition/names";
import type { Definition, IndicatorNode } from "../../lib/definition/tree";
import { counted } from "../../lib/format";
import { PlusIcon } from "../../ui/icons";
import { Button, Card, Explained, Question } from "../../ui/parts";
import { lineColour } from "../../ui/chart/chart";
import { type Edit, InlineNumber, InlineSelect, SentenceRow, useRowFocus } from "./rows";

interface Props {
    readonly definition: Definition;
    readonly catalog: Catalog;
    readonly faults: Faults;
    readonly edit: Edit;
}

export const Indicators = memo(function Indicators({ definition, catalog, faults, edit }: Props): JSX.Element {
    const { indicators } = definition;
    const [leaving, setLeaving] = useState<IndicatorNode | null>(null);
    const { list, willAdd } = useRowFocus(indicators.length);
    const add = (type: string): void => {
        const entry = catalog.find((row) => row.type === type);
        if (!entry) return;
        willAdd();
        edit((now) => addIndicator(now, entry));
    };
    const latest = useRef(definition);
    latest.current = definition;
    // Asked only where something else would go as well.
    const remove = useCallback(
        (node: IndicatorNode): void => {
            if (usesOf(latest.current, node.id).length > 0) setLeaving(node);
            else edit((now) => removeIndicator(now, node.key));
        },
        [edit],
    );
    const uses = leaving ? usesOf(definition, leaving.id) : [];
    const types = useMemo(
        () =>
            catalog.map((entry) => (
                <option key={entry.type} value={entry.type} title={entry.name}>
                    {entry.type}
                </option>
            )),
        [catalog],
    );
    const fault = faults.get("indicators")?.[""];
    return (
        <Card
            title={
                <>
                    Indicators <small>{indicators.length > 0 && indicators.length}</small>
                </>
            }
        >
            {indicators.length === 0 && (
                <p className="dim">Averages and other measures that the rules below compare. Prices alone need none.</p>
            )}
            <ol ref={list} className="lines">
                {indicators.map((node, index) => (
                    <IndicatorRow
                        key={node.key}
                        {...{ node, catalog, types, edit, remove }}
                        position={index}
                        count={indicators.length}
                        faults={faults.get(node.key) ?? noFaults}
                    />
                ))}
            </ol>
            {fault !== undefined && <p className="field-fault">{fault}</p>}
            <div className="adders">
                {indicators.length < maximumIndicators ? (
                    catalog.map((entry) => (
                        <Button
                            key={entry.type}
                            kind="quiet"
                            data-add
                            aria-label={`Add ${entry.name}`}
                            title={entry.summary}
                            onClick={() => add(entry.type)}
                        >
                            <PlusIcon /> {entry.type}
                        </Button>
                    ))
                ) : (
                    <p className="dim">A strategy has at most {maximumIndicators} indicators.</p>
                )}
            </div>
            <Question
                title={leaving ? `Remove ${indicatorName(leaving)}?` : ""}
                isOpen={leaving !== null}
                yes={`Remove it and ${counted(uses.length, "condition")}`}
                agree={() => {
                    if (leaving) edit((now) => removeIndicator(now, leaving.key));
                    setLeaving(null);
                }}
                decline={() => setLeaving(null)}
            >
                <p>It is used here, and what uses it goes with it:</p>
                <ul className="plain-list">
                    {uses.map((words, index) => (
                        <li key={index}>{words}</li>
                    ))}
                </ul>
            </Question>
        </Card>
    );
});

interface RowProps {
    readonly node: IndicatorNode;
    readonly catalog: Catalog;
    readonly types: readonly JSX.Element[];
    readonly position: number;
    readonly count: number;
    readonly faults: PartFaults;
    readonly edit: Edit;
    readonly remove: (node: IndicatorNode) => void;
}

const IndicatorRow = memo(function IndicatorRow(props: RowProps): JSX.Element {
    const { node, catalog, types, position, count, faults, edit, remove } = props;
    const { key } = node;
    const faultID = useId();
    const entry = catalog.find((row) => row.type === node.type);
    const name = indicatorName(node);
    const isWrong = (field: string): boolean => faults[field] !== undefined;
    return (
        <SentenceRow
            {...{ name, position, count, faults, faultID }}
            move={(by) => edit((now) => moveIndicator(now, key, by))}
            remove={() => remove(node)}
        >
            <span className={`line-dot line-${lineColour(position)}`} aria-hidden="true" />
            <InlineSelect
                label={`Kind of indicator ${position + 1}`}
                value={node.type}
                at={`${key} type`}
                isWrong={isWrong("type")}
                faultID={faultID}
                change={(type) => {
                    const next = catalog.find((row) => row.type === type);
                    if (next) edit((now) => changeType(now, key, next));
                }}
            >
                {entry ? null : <option value={node.type}>{node.type}</option>}
                {types}
            </InlineSelect>
            {entry &&
                indicatorFields(entry).map((field) => (
                    <label key={field.name} className="inline-field">
                        <span>{field.label}</span>
                        <InlineNumber
                            field={field}
                            label={`${field.label} of ${name}`}
                            value={node.params[field.name] ?? field.initial}
                            at={`${key} ${field.name}`}
                            isWrong={isWrong(field.name)}
                            faultID={faultID}
                            change={(text) => edit((now) => changeParam(now, key, field.name, text), `${key} ${field.name}`)}
                        />
                    </label>
                ))}
            {entry && (
                <span className="line-end">
                    <label className="inline-field">
                        <span>of the</span>
                        <InlineSelect
                            label={`Price of ${name}`}
                            value={node.source}
                            at={`${key} source`}
                            isWrong={isWrong("source")}
                            faultID={faultID}
                            change={(source) => edit((now) => changeSource(now, key, source))}
                        >
                            {entry.sources.map((source) => (
                                <option key={source}>{source}</option>
                            ))}
                        </InlineSelect>
                    </label>
                    <Explained label={entry.name} text={`${entry.name}. ${entry.summary}`} />
                </span>
            )}
            {entry && <span className="line-note">{entry.name}</span>}
        </SentenceRow>
    );
});
