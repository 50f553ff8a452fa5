import { memo, useId, useMemo } from "react";
import {
    addCondition,
    addGroup,
    changeLogic,
    changeOperand,
    changeOperator,
    copyCondition,
    movePart,
    newOperand,
    removePart,
} from "../../lib/definition/edit";
import { type Faults, noFaults, type PartFaults } from "../../lib/definition/faults";
import {
    type Catalog,
    logicRow,
    logics,
    maximumConditions,
    maximumDepth,
    operandKind,
    operandKinds,
    operators,
    type SideRow,
} from "../../lib/definition/grammar";
import { conditionWords, type Labels } from "../../lib/definition/names";
import { type Condition, conditionsOf, type Group, isGroup, type Operand } from "../../lib/definition/tree";
import { PlusIcon } from "../../ui/icons";
import { Button, Card, Explained } from "../../ui/parts";
import { type Edit, InlineNumber, InlineSelect, SentenceRow, useRowFocus } from "./rows";

interface SideProps {
    readonly row: SideRow;
    readonly group: Group;
    readonly labels: Labels;
    readonly catalog: Catalog;
    readonly faults: Faults;
    readonly edit: Edit;
}

export const SideCard = memo(function SideCard({ row, group, ...rest }: SideProps): JSX.Element {
    const options = useMemo(() => <OperandOptions labels={rest.labels} />, [rest.labels]);
    return (
        <Card title={row.title} className={`side side-${row.side}`}>
            <GroupRows group={group} title={row.title} depth={1} total={conditionsOf(group).length} {...rest} options={options} />
        </Card>
    );
});

interface GroupProps extends Omit<SideProps, "row"> {
    readonly title: string;
    readonly depth: number;
    /** Conditions of the whole side. */
    readonly total: number;
    readonly options: JSX.Element;
}

function GroupRows(props: GroupProps): JSX.Element {
    const { group, title, depth, total, labels, catalog, faults, edit, options } = props;
    const { key, logic, parts } = group;
    const { list, willAdd } = useRowFocus(parts.length);
    const faultID = useId();
    const { word } = logicRow(logic);
    const own = faults.get(key);
    const messages = own ? [...new Set(Object.values(own))] : [];
    return (
        <>
            {logics.length > 1 && parts.length > 1 && (
                <InlineSelect
                    label={`${title}: how the conditions go together`}
                    value={logic}
                    at={`${key} logic`}
                    isWrong={false}
                    faultID={faultID}
                    change={(next) => edit((now) => changeLogic(now, key, next))}
                >
                    {logics.map((row) => (
                        <option key={row.logic} value={row.logic}>
                            {row.title}
                        </option>
                    ))}
                </InlineSelect>
            )}
            <ol ref={list} className="lines">
                {parts.map((part, index) =>
                    isGroup(part) ? (
                        <li key={part.key} className="line-group">
                            <span className="line-word">{index > 0 && word}</span>
                            <GroupRows {...props} group={part} depth={depth + 1} />
                        </li>
                    ) : (
                        <ConditionRow
                            key={part.key}
                            condition={part}
                            word={index === 0 ? "" : word}
                            position={index}
                            count={parts.length}
                            canCopy={total < maximumConditions}
                            faults={faults.get(part.key) ?? noFaults}
                            {...{ labels, options, edit }}
                        />
                    ),
                )}
            </ol>
            {messages.length > 0 && (
                <p id={faultID} className="field-fault">
                    {messages.join(" ")}
                </p>
            )}
            <div className="adders">
                {total < maximumConditions ? (
                    <Button
                        kind="quiet"
                        data-add
                        data-invalid={messages.length > 0}
                        aria-label={`${title}: add a condition`}
                        aria-describedby={messages.length > 0 ? faultID : undefined}
                        onClick={() => {
                            willAdd();
                            edit((now) => addCondition(now, key, catalog));
                        }}
                    >
                        <PlusIcon /> Add a condition
                    </Button>
                ) : (
                    <p className="dim">Each side has at most {maximumConditions} conditions.</p>
                )}
                {depth < maximumDepth && total < maximumConditions && (
                    <Button
                        kind="quiet"
                        onClick={() => edit((now) => addGroup(now, key, logics[logics.length - 1]!.logic, catalog))}
                    >
                        <PlusIcon /> Add a group
                    </Button>
                )}
            </div>
        </>
    );
}

interface RowProps {
    readonly condition: Condition;
    /** Before it: `and`; nothing before the first. */
    readonly word: string;
    readonly position: number;
    readonly count: number;
    readonly canCopy: boolean;
    readonly labels: Labels;
    readonly options: JSX.Element;
    readonly faults: PartFaults;
    readonly edit: Edit;
}

const ConditionRow = memo(function ConditionRow(props: RowProps): JSX.Element {
    const { condition, word, position, count, canCopy, labels, options, faults, edit } = props;
    const { key, left, op, right } = condition;
    const faultID = useId();
    // A fault of the row as a whole is shown at what can mend it.
    const isWhole = faults[""] !== undefined;
    const chosen = operators.find((row) => row.op === op);
    const side = (name: "left" | "right", operand: Operand): JSX.Element => (
        <OperandFields
            label={name === "left" ? "Left side" : "Right side"}
            operand={operand}
            options={options}
            faults={faults}
            prefix={name}
            part={key}
            faultID={faultID}
            change={(next, field) =>
                edit(
                    (now) => changeOperand(now, key, name, next),
                    field === undefined ? undefined : `${key} ${name} ${field}`,
                )
            }
        />
    );
    return (
        <SentenceRow
            name={conditionWords(condition, labels)}
            {...{ position, count, faults, faultID }}
            move={(by) => edit((now) => movePart(now, key, by))}
            copy={canCopy ? () => edit((now) => copyCondition(now, key)) : undefined}
            remove={() => edit((now) => removePart(now, key))}
        >
            {count > 1 && <span className="line-word">{word}</span>}
            {side("left", left)}
            <InlineSelect
                label="Comparison"
                value={op}
                at={`${key} op`}
                isWrong={isWhole || faults["op"] !== undefined}
                faultID={faultID}
                change={(next) => edit((now) => changeOperator(now, key, next))}
            >
                {operatorOptions}
            </InlineSelect>
            {chosen && <Explained label={chosen.words} text={chosen.explain} />}
            {side("right", right)}
        </SentenceRow>
    );
});

const operatorOptions = operators.map((row) => (
    <option key={row.op} value={row.op}>
        {row.words}
    </option>
));

interface OperandProps {
    readonly label: string;
    readonly operand: Operand;
    readonly options: JSX.Element;
    readonly faults: PartFaults;
    readonly prefix: string;
    /** The key of the condition. */
    readonly part: string;
    readonly faultID: string;
    /** `field` is the one that was typed in. */
    readonly change: (operand: Operand, field?: string) => void;
}

/** One list for what it is, `the close` or `SMA(10)`; what is typed stands behind it. */
function OperandFields({ label, operand, options, faults, prefix, part, faultID, change }: OperandProps): JSX.Element {
    const { fields } = operandKind(operand.kind);
    const chosen = fields.find((field) => field.kind !== "number");
    const isWrong = (field: string): boolean => faults[`${prefix}.${field}`] !== undefined;
    return (
        <span className={chosen ? "operand" : "operand operand-number"}>
            <InlineSelect
                label={label}
                value={`${operand.kind} ${chosen ? operand.values[chosen.name] : ""}`}
                at={`${part} ${prefix}${chosen ? ` ${prefix}.${chosen.name}` : ""}`}
                isWrong={faults[prefix] !== undefined || (chosen !== undefined && isWrong(chosen.name))}
                faultID={faultID}
                change={(text) => {
                    const [kind, ...rest] = text.split(" ");
                    const next = newOperand(kind!);
                    const choice = operandKind(kind!).fields.find((field) => field.kind !== "number");
                    change(choice ? { ...next, values: { ...next.values, [choice.name]: rest.join(" ") } } : next);
                }}
            >
                {options}
            </InlineSelect>
            {fields
                .filter((field) => field.kind === "number")
                .map((field) => (
                    <InlineNumber
                        key={field.name}
                        field={field}
                        label={`${label}: ${field.label}`}
                        value={operand.values[field.name] ?? ""}
                        at={`${part} ${prefix}.${field.name}`}
                        isWrong={isWrong(field.name)}
                        faultID={faultID}
                        change={(text) =>
                            change({ ...operand, values: { ...operand.values, [field.name]: text } }, field.name)
                        }
                    />
                ))}
        </span>
    );
}

/** Everything that an operand can be, in groups. */
const OperandOptions = ({ labels }: { labels: Labels }): JSX.Element => (
    <>
        {operandKinds.map(({ kind, title, fields }) => {
            const chosen = fields.find((field) => field.kind !== "number");
            if (!chosen) {
                return (
                    <option key={kind} value={`${kind} `}>
                        {title.toLowerCase()}
                    </option>
                );
            }
            const choices: readonly (readonly [string, string])[] =
                chosen.kind === "indicator"
                    ? [...labels]
                    : (chosen.options ?? []).map((option) => [option, `the ${option}`]);
            if (choices.length === 0) return null;
            return (
                <optgroup key={kind} label={title}>
                    {choices.map(([value, words]) => (
                        <option key={value} value={`${kind} ${value}`}>
                            {words}
                        </option>
                    ))}
                </optgroup>
            );
        })}
    </>
);
