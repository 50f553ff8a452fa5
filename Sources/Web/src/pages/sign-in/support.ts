import { checkSupport } from "../../api/passkeys";

/** What stands in the way of passkeys in this browser, in words; null for nothing. */
export function supportFault(): string | null {
    try {
        checkSupport();
        return null;
    } catch (error) {
        return (error as Error).message;
    }
}
