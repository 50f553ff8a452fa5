/* How passkeys are told apart: browsers name two of the same kind of device alike. */
import { writtenTime } from "./time";

interface Named {
    readonly id: string;
    readonly name: string;
    readonly createdAt: number;
}

/** By id: the name alone where it is the only one, else with when it was added, and a number where that is the same. */
export function distinctNames(passkeys: readonly Named[]): ReadonlyMap<string, string> {
    const names = new Map<string, string>();
    const taken = new Map<string, number>();
    for (const { id, name, createdAt } of passkeys) {
        const isAlone = passkeys.every((other) => other.id === id || other.name !== name);
        const called = isAlone ? name : `${name}, added ${writtenTime(createdAt, "1h")}`;
        const number = (taken.get(called) ?? 0) + 1;
        taken.set(called, number);
        names.set(id, number === 1 ? called : `${called} (${number})`);
    }
    return names;
}

interface Kept {
    readonly isBackedUp: boolean;
    readonly transports: readonly string[];
}

/** What holds the passkey, as far as its authenticator has said. */
export function whereKept({ isBackedUp, transports }: Kept): string {
    if (isBackedUp) return "Synced by a password manager";
    if (transports.includes("internal")) return "Stored on one device";
    return transports.some((one) => one === "usb" || one === "nfc") ? "Security key" : "Stored on one device";
}
