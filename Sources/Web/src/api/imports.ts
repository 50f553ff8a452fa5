/* Files of prices that somebody has brought: looked at as often as it takes, then stored by a job. For operators. */
import {
    deleteMarketDataImportsById,
    getMarketDataImports,
    getMarketDataImportsBounds,
    getMarketDataImportsById,
    type Job,
    postMarketDataImports,
    postMarketDataImportsBounds,
    postMarketDataImportsByIdConfirm,
    type UploadLook,
} from "api-types";
import { asked, type ImportOptions } from "../lib/data/import-options";
import { invalidate } from "./cache";
import { call, whenFree } from "./http";
import type { BodyFound } from "./operation";
import { asUser } from "./session";

export type { UploadLook };
export type Upload = BodyFound<typeof getMarketDataImports>["imports"][number];

export const uploadsKey = "uploads";
const uploadsInAnAnswer = getMarketDataImportsBounds.limit.maximum;

/** Not stored yet, newest first. */
export const readUploads = async (): Promise<readonly Upload[]> =>
    (await asUser(() => call(getMarketDataImports, { query: { limit: uploadsInAnAnswer } }))).body.imports;

/** Brings a file; what it was understood as is asked for by its id. */
export async function bringFile(file: File, signal: AbortSignal): Promise<string> {
    // What a file may be called is bounded there; its end says most.
    const name = file.name.slice(-postMarketDataImportsBounds.file_name.maxLength);
    const send = async (): Promise<string> =>
        (await asUser(() => call(postMarketDataImports, { query: { file_name: name }, body: file }, signal))).body.id;
    const id = await whenFree(send, signal);
    invalidate(uploadsKey);
    return id;
}

export const lookKey = (id: string, options: ImportOptions): string => `upload ${id} ${JSON.stringify(asked(options))}`;

/** What the file says, read with these options. Nothing is changed by it. Few are looked at at once: others wait. */
export const lookAt = async (id: string, options: ImportOptions): Promise<UploadLook> =>
    (await asUser(() => whenFree(() => call(getMarketDataImportsById, { path: { id }, query: asked(options) })))).body;

export async function removeUpload(id: string): Promise<void> {
    await asUser(() => call(deleteMarketDataImportsById, { path: { id } }));
    invalidate(uploadsKey);
}

/** Has a job store it; the file goes when that is done. */
export async function confirmUpload(id: string, symbol: string, options: ImportOptions): Promise<Job> {
    const body = { ...asked(options), symbol };
    const answer = await asUser(() => call(postMarketDataImportsByIdConfirm, { path: { id }, body }));
    invalidate(uploadsKey);
    return answer.body;
}
