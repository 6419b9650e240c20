/**
 * Text as it may stand in XML and HTML, between tags and in quoted attributes. What XML 1.0 has no way to write (section 2.2: control characters, halves of surrogate pairs) becomes U+FFFD.
 */
export function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Markup made by {@link markup} or {@link raw}, in which nothing is to be escaped any more. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | undefined | readonly (Markup | undefined)[];

/** A template whose values are escaped unless they are markup themselves; lists are put together, undefined is nothing. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(texts.map((text, index) => text + textOf(parts[index])).join(""));
}

/** A part of our own: a style sheet, a script. */
export function raw(text: string): Markup {
  return new Markup(text);
}

function textOf(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map((one) => one?.text ?? "").join("");
  return escaped(String(part));
}

/** An element's id as an id of HTML and a part of a URL: letters, digits, hyphens; each other character by its number. */
export function anchorOf(id: string): string {
  return `e-${id.replace(/[^A-Za-z0-9-]/g, (unit) => (unit === " " ? "_" : `_${unit.charCodeAt(0).toString(16)}_`))}`;
}
