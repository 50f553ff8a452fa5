import { memo, useId } from "react";
import { newLevel, setLevel } from "../../lib/definition/edit";
import { type Faults, noFaults } from "../../lib/definition/faults";
import { levels } from "../../lib/definition/grammar";
import type { Definition } from "../../lib/definition/tree";
import { Card, Checkbox, joined } from "../../ui/parts";
import { type Edit, InlineNumber, InlineSelect } from "./rows";

interface Props {
    readonly risk: Definition["risk"];
    readonly faults: Faults;
    readonly edit: Edit;
}

/** Where a position ends by its price, whatever the rules say. */
export const Levels = memo(function Levels({ risk, faults, edit }: Props): JSX.Element {
    const id = useId();
    return (
        <Card title="Stop and target">
            <ul className="lines">
                {levels.map((row) => {
                    const level = risk[row.name];
                    const kind = level && row.kinds.find((one) => one.kind === level.kind);
                    const own = faults.get(`risk.${row.name}`) ?? noFaults;
                    const messages = [...new Set(Object.values(own))];
                    const faultID = `${id}-${row.name}`;
                    return (
                        <li key={row.name} className={joined("line", messages.length > 0 && "line-wrong")}>
                            <div className="line-words">
                                <Checkbox
                                    label={row.title}
                                    explain={row.hint}
                                    isChecked={level !== undefined}
                                    change={(isOn) => edit((now) => setLevel(now, row.name, isOn ? newLevel(row.name) : null))}
                                />
                                {level && row.kinds.length > 1 && (
                                    <InlineSelect
                                        label={`${row.title}: how it is measured`}
                                        value={level.kind}
                                        at={`risk.${row.name} type`}
                                        isWrong={own["type"] !== undefined}
                                        faultID={faultID}
                                        change={(next) => edit((now) => setLevel(now, row.name, newLevel(row.name, next)))}
                                    >
                                        {row.kinds.map((one) => (
                                            <option key={one.kind} value={one.kind}>
                                                {one.title}
                                            </option>
                                        ))}
                                    </InlineSelect>
                                )}
                                {kind?.fields.map((field) => (
                                    <InlineNumber
                                        key={field.name}
                                        field={field}
                                        label={`${row.title}: ${field.label}`}
                                        value={level!.values[field.name] ?? ""}
                                        at={`risk.${row.name} ${field.name}`}
                                        isWrong={own[field.name] !== undefined}
                                        faultID={faultID}
                                        change={(text) =>
                                            edit(
                                                (now) =>
                                                    setLevel(now, row.name, {
                                                        kind: level!.kind,
                                                        values: { ...now.risk[row.name]?.values, [field.name]: text },
                                                    }),
                                                `risk.${row.name} ${field.name}`,
                                            )
                                        }
                                    />
                                ))}
                                <span className="dim">{level ? row.place : "none"}</span>
                            </div>
                            {messages.length > 0 && (
                                <p id={faultID} className="field-fault">
                                    {messages.join(" ")}
                                </p>
                            )}
                        </li>
                    );
                })}
            </ul>
        </Card>
    );
});
