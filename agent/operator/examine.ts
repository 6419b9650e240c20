import { type Examination, type Examined, examinationCommand } from "@overlaynet/core/doctor/index";
import type { Host } from "../reconcile/host.js";
import { hostRequirements } from "../reconcile/requirements.js";

/** Looks whether this host is fit for overlays: what an apply asks before it changes anything, and what `overlaynet doctor` asks beside it. */
export async function examine({ runner }: Host, examination: Examination): Promise<Examined> {
  const [{ stdout }, unmet] = await Promise.all([
    runner.attempt(examinationCommand(examination)),
    examination.what === "look" ? hostRequirements(runner).unmet() : [],
  ]);
  return { told: stdout, unmet: [...unmet] };
}
