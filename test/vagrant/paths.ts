import { join } from "node:path";

/** Where the Vagrantfile and the box's recipe are. */
export const VAGRANT_FOLDER = join(__dirname, "..", "..", "..", "vagrant");

/** The sources of this folder: what is not TypeScript stays there. */
export const VAGRANT_SOURCE = join(__dirname, "..", "..", "vagrant");

/** Where a failed test's evidence goes; in a folder that git ignores. */
export const EVIDENCE_FOLDER = join(__dirname, "..", "..", "..", "build", "vagrant");
