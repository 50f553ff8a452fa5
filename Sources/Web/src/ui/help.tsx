import { keysOf, useCommandList } from "./commands";
import { Dialog } from "./parts/dialog";

/** Every key that does something here and now. */
export function KeyHelp({ isOpen, close }: { isOpen: boolean; close: () => void }): JSX.Element {
    const all = useCommandList().filter((command) => keysOf(command).length > 0);
    // Two charts have the same keys.
    const commands = all.filter(({ id }, index) => all.findIndex((one) => one.id === id) === index);
    const groups = [...new Set(commands.map(({ group }) => group))];
    return (
        <Dialog title="Keyboard" isOpen={isOpen} close={close}>
            <div className="key-help">
                {groups.map((group) => (
                    <section key={group} aria-label={group}>
                        <h3>{group}</h3>
                        <dl>
                            {commands
                                .filter((command) => command.group === group)
                                .map((command) => (
                                    <div key={command.id}>
                                        <dt>{command.label}</dt>
                                        <dd>
                                            {keysOf(command).map((keys, index) => (
                                                <span key={keys}>
                                                    {index > 0 && " or "}
                                                    <Keys keys={keys} />
                                                </span>
                                            ))}
                                        </dd>
                                    </div>
                                ))}
                        </dl>
                    </section>
                ))}
            </div>
        </Dialog>
    );
}

/** `Shift+ArrowLeft` as it stands on the keys. */
const written = (key: string): string =>
    key.replace("ArrowLeft", "\u2190").replace("ArrowRight", "\u2192").replace(/^-$/, "\u2212");

export const Keys = ({ keys }: { keys: string }): JSX.Element => (
    <>
        {keys.split(" ").map((key, index) => (
            <kbd key={index}>{written(key)}</kbd>
        ))}
    </>
);
