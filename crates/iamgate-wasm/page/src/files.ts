// Reads files that somebody drops, opens or pastes.
import type { Files } from "iamgate";

export interface Picked {
  path: string;
  file: File;
}

/** The maximum number of bytes that are read. The output of the command fits for an account of thousands of roles. */
export const MOST = 256 << 20;

/** All files of a drop, including those in folders. */
export async function dropped(transfer: DataTransfer): Promise<Picked[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }));
  const picked: Picked[] = [];
  for (const entry of entries) await walk(entry, "", picked);
  return picked;
}

async function walk(entry: FileSystemEntry, folder: string, picked: Picked[]): Promise<void> {
  const path = `${folder}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    picked.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return;
    for (const own of some) await walk(own, `${path}/`, picked);
  }
}

/** Reads files, and reports its progress. */
export async function texts(picked: Picked[], progress: (read: number, all: number) => void): Promise<Files> {
  const all = picked.reduce((sum, { file }) => sum + file.size, 0);
  if (all > MOST) throw new Error(`${Math.round(all / 1e6)} MB: at most ${MOST >> 20} MB are read`);
  let read = 0;
  const found: Files = Object.create(null);
  for (const { path, file } of picked) {
    const reader = file.stream().getReader();
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const parts: string[] = [];
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        read += value.byteLength;
        progress(read, all);
        parts.push(decoder.decode(value, { stream: true }));
      }
      parts.push(decoder.decode());
    } catch {
      throw new Error(`${path} is not UTF-8 text`);
    }
    found[path] = parts.join("");
  }
  return found;
}

/** The input that somebody gave. */
export type Given = { kind: "account"; path: string; text: string } | { kind: "role"; files: Files } | { kind: "nothing" };

/** A role of which only the policies are known. */
export const ROLE_JSON = `{
  "RoleName": "DoiT-Support-Gateway",
  "Arn": "arn:aws:iam::111122223333:role/DoiT-Support-Gateway"
}
`;

/** The kind of some texts: the output of the command, the folder of a role, or policies. */
export function sorted(files: Files): Given {
  const paths = Object.keys(files).filter((path) => path.endsWith(".json") || !path.includes("."));
  const account = paths.find((path) => /"RoleDetailList"/.test(files[path]!.slice(0, 1 << 22)) || /"RoleDetailList"\s*:/.test(files[path]!));
  if (account !== undefined) return { kind: "account", path: account, text: files[account]! };
  const role = paths.find((path) => path === "role.json" || path.endsWith("/role.json"));
  const found: Files = Object.create(null);
  if (role !== undefined) {
    const folder = role.slice(0, role.length - "role.json".length);
    for (const path of paths) if (path.startsWith(folder)) found[path.slice(folder.length)] = files[path]!;
    return { kind: "role", files: found };
  }
  if (paths.length === 0) return { kind: "nothing" };
  found["role.json"] = ROLE_JSON;
  for (const path of paths) {
    const isTrust = /"sts:AssumeRole/.test(files[path]!) && /"Principal"/.test(files[path]!);
    const name = (path.split("/").pop() ?? path).replace(/\.json$/, "");
    found[isTrust ? "trust.json" : `inline/${name}.json`] = files[path]!;
  }
  return { kind: "role", files: found };
}
