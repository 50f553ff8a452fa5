import { useSyncExternalStore } from "react";
import { type Account, account, subscribe } from "../api/session";

export const useAccount = (): Account => useSyncExternalStore(subscribe, account);
