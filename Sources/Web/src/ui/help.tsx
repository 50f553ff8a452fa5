import { useCommandList } from "./commands";
import { Dialog } from "./parts/dialog";

/** Every key that does something here and now. */
export function KeyHelp({ isOpen, close }: { isOpen: boolean; close: () => void }): JSX.Element {
    const commands = useCommandList().filter(({ keys }) => keys !== undefined);
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
                                .map(({ id, label, keys }) => (
                                    <div key={id}>
                                        <dt>{label}</dt>
                                        <dd>
                                            <Keys keys={keys!} />
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

export const Keys = ({ keys }: { keys: string }): JSX.Element => (
    <>
        {keys.split(" ").map((key, index) => (
            <kbd key={index}>{key}</kbd>
        ))}
    </>
);
