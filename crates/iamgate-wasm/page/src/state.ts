// The state of the page: its inputs.
import type { Files } from "iamgate";

/** The knowledge about a session tag. */
export interface Tag {
  key: string;
  state: "unknown" | "absent" | "value";
  value: string;
}

export interface State {
  /** The documents of the role, by their path in its folder. */
  role: Files;
  /** The session profile. */
  profile: string;
  /** Its text, if somebody has changed it. */
  edited: string | null;
  tags: Tag[];
  /** An earlier state of the role to compare with. */
  before: Files | null;
}

/** The folder of the role among the files of a question. */
export const ROLE = "role";

export const session = (state: State): { profile: string; profiles?: string } =>
  state.edited === null ? { profile: state.profile } : { profile: state.profile, profiles: "profiles" };

/** The tags in the form of flags. Tags with an unknown value are left out. */
export const tags = (state: State): string[] =>
  state.tags.filter((tag) => tag.key !== "" && tag.state !== "unknown").map((tag) => (tag.state === "absent" ? tag.key : `${tag.key}=${tag.value}`));

/** The files of every question. */
export function files(state: State): Files {
  // Names come from outside. An object without a prototype has no inherited names.
  const all: Files = Object.create(null);
  for (const [path, text] of Object.entries(state.role)) all[`${ROLE}/${path}`] = text;
  for (const [path, text] of Object.entries(state.before ?? {})) all[`before/${path}`] = text;
  if (state.edited !== null) all[`profiles/${state.profile}.json`] = state.edited;
  return all;
}

/** A copy without a prototype. */
export function copied(files: Files): Files {
  return Object.assign(Object.create(null), files);
}
