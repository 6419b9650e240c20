import fc from "fast-check";
import { expect } from "chai";
import { withLinks } from "../../unit/cli/links.js";
import { overlaynet, type Said, wellOverlay } from "../../unit/cli/scene.js";

/** What may mean something to HTML, XML, Mermaid, dot or a shell, among anything else. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom("<", ">", "&", '"', "'", "`", "\\", "\n", "\r", "]", "[", "{", "}", ";", "#", "%%", "-->", "]]>"),
      fc.constantFrom(
        "<script>alert(1)</script>",
        "</title>",
        "</svg>",
        "<!--",
        "&lt;",
        "end",
        "\\N",
        "$(id)",
        "\u0000",
      ),
      fc.string({ unit: "binary", maxLength: 4 }),
      fc.constantFrom("\ud800", "\ufffe", "\u202e"),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

interface Names {
  readonly host: string;
  readonly container: string;
  readonly device: string;
  readonly words: string;
}

/** A host that says such names, all different. */
function hostWith({ host, container, device, words }: Names): Said[] {
  const said: Said = {
    name: `h${host}`,
    address: `x${host}`,
    inspection: {
      overlays: [wellOverlay("a", { a: "192.168.64.27" }, [{ name: `c${container}`, ip: "7.7.7.2", mac: device }])],
    },
  };
  const drift = [`d${words}`];
  return [
    withLinks(said, (one) => ({
      ...one,
      drift,
      failures: drift,
      links: (one.links ?? []).map((link) => (link.name === "eth0" ? { ...link, name: `e${device}` } : link)),
    })),
  ];
}

const plain: Names = { host: "1", container: "2", device: "3", words: "4" };

async function drawn(names: Names, ...options: string[]): Promise<string> {
  return (await overlaynet(["graph", ...options], hostWith(names))).out;
}

/** Tags with the names of their attributes: what a reader of XML takes for structure. Places are those of boxes, and not of names. */
function structure(text: string): string[] {
  const body = text.replace(/<(style|script)>[^]*?<\/\1>/g, "");
  // What stands in backquotes is shown as code, also when it is a name's backquote that a sentence has.
  return (body.match(/<[^>]*>/g) ?? [])
    .filter((tag) => !/^<.?code>$/.test(tag))
    .map((tag) => tag.replace(/="[^"]*"/g, "="));
}

describe("a graph of names that mean something to its language", function () {
  this.timeout(60_000);
  const names = fc.record({ host: hostile, container: hostile, device: hostile, words: hostile });

  for (const option of [[], ["--svg"]]) {
    it(`has the same elements as any other: ${option[0] ?? "HTML"}`, async () => {
      const wanted = structure(await drawn(plain, ...option));
      await fc.assert(
        fc.asyncProperty(names, async (given) => {
          const text = await drawn(given, ...option);
          expect(structure(text)).to.deep.equal(wanted);
          // All that XML 1.0 allows, and no reference but by number.
          expect(text).not.to.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u);
          expect(text.replace(/<(style|script)>[^]*?<\/\1>/g, "")).not.to.match(/&(?!#\d+;)/);
        }),
        { numRuns: 60 },
      );
    });
  }

  for (const [option, literal] of [
    ["--mermaid", /"[^"\n]*"/g],
    ["--dot", /"(?:[^"\\\n]|\\.)*"/g],
  ] as const) {
    it(`has the same words outside of quotes as any other: ${option}`, async () => {
      const outside = (text: string): string => text.replace(literal, '""');
      const wanted = outside(await drawn(plain, option));
      await fc.assert(
        fc.asyncProperty(names, async (given) => {
          expect(outside(await drawn(given, option))).to.equal(wanted);
        }),
        { numRuns: 100 },
      );
    });
  }
});
