import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** The checkout, seen from where this file is compiled to. */
const checkout = join(__dirname, "..", "..", "..", "..");

/** A member of an interface, or a declared property of a class. */
export interface Member {
  readonly name: string;
  /** Its docstring; empty when it has none. */
  readonly said: string;
}

/** The documented members of what a file of the SDK exports under a name. */
export function members(source: string, name: string): Member[] {
  const text = readFileSync(join(checkout, "sdk", source), "utf8");
  const file = ts.createSourceFile(source, text, ts.ScriptTarget.ES2022, true);
  const found = file.statements.find(
    (one): one is ts.InterfaceDeclaration | ts.ClassDeclaration =>
      (ts.isInterfaceDeclaration(one) || ts.isClassDeclaration(one)) && one.name?.text === name,
  );
  if (found === undefined) throw new Error(`${source} declares no ${name}`);
  const all: readonly (ts.TypeElement | ts.ClassElement)[] = [...found.members];
  return all
    .filter((one) => ts.isPropertySignature(one) || ts.isPropertyDeclaration(one) || ts.isGetAccessor(one))
    .map((one) => {
      const said = ts.getJSDocCommentsAndTags(one).map((part) => part.getText());
      return { name: one.name.getText(), said: said.join("\n") };
    });
}
