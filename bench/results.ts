import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(__dirname, "..", "RESULTS.md");
const introduction = `# Benchmark results

Each section is written by the command it names, as root on the machine it names. Ratios within a section say more than its figures.
`;

/** Puts a section, which begins with its `## ` heading, into RESULTS.md in place of the one of the same heading. */
export function writeSection(section: string): void {
  const [heading = ""] = section.split("\n");
  const [head = introduction, ...sections] = (existsSync(file) ? readFileSync(file, "utf8") : introduction).split(
    /^(?=## )/m,
  );
  const others = sections.filter((text) => !text.startsWith(`${heading}\n`));
  const text = [head, ...others, section].map((part) => part.trim()).join("\n\n");
  writeFileSync(file, `${text}\n`);
}
