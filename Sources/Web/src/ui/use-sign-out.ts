import { endThisSession, signedOut } from "../api/session";
import { askToLeave, navigate } from "./navigation";
import { useWork, type Work } from "./use-work";

/** What ends the session, and how that goes. What would be lost is asked about while the session is still there. */
export function useSignOut(): [Work, () => void] {
    const [work, run] = useWork();
    const leave = (): void =>
        askToLeave(async () => {
            if (!(await run(endThisSession))) return;
            navigate("/", { force: true });
            signedOut({ hasEnded: false });
        });
    return [work, leave];
}
