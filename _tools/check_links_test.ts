import { assertEquals } from "@std/assert";
import { anchorsOf, findBroken, placesOf } from "./check_links.ts";

const FILES = ["README.md", "docs/specs.md", "docs/items.md", "channel/core.ts"];

/** What is wrong with a page of the given text, beside one page with headings. */
function faults(text: string, page = "README.md"): string[] {
  const pages = new Map([["docs/specs.md", "# Specs\n\n## The keys\n"], [page, text]]);
  return findBroken(pages, placesOf(FILES));
}

for (
  const text of [
    "[keys](docs/specs.md)",
    "[keys](./docs/specs.md#the-keys)",
    "# Here\n\n[up](#here)",
    "[a\nwrapped text](docs/items.md)",
    '[a title](docs/items.md "Items")',
    "[![image](docs/items.md)](docs/specs.md)",
    "[folder](docs), [the same](docs/)",
    "[label]: docs/specs.md#the-keys",
    "[web](https://example.com/none#x), [mail](mailto:a@example.com)",
    "`[no](link)`, ``[`neither`](x)``",
    "```md\n[in a](fence.md)\n```\n",
    "- in a list\n\n  ~~~md\n  [in a](fence.md)\n  ~~~\n",
    "`channel/core.ts`, `channel/`, `src/yours.ts`, `channel/<name>.ts`",
  ]
) {
  Deno.test(`findBroken() accepts ${JSON.stringify(text)}`, () => {
    assertEquals(faults(text), []);
  });
}

for (
  const [text, fault] of [
    ["[x](docs/none.md)", "README.md:1: docs/none.md: docs/none.md does not exist"],
    ["\n\n[x](Docs/specs.md)", "README.md:3: Docs/specs.md: Docs/specs.md does not exist"],
    [
      "[x](docs/specs.md#keys)",
      "README.md:1: docs/specs.md#keys: docs/specs.md has no heading #keys",
    ],
    ["[x](#nowhere)", "README.md:1: #nowhere: README.md has no heading #nowhere"],
    ["[x](channel/core.ts#L5)", "README.md:1: channel/core.ts#L5: channel/core.ts has no headings"],
    ["[x](../main/README.md)", "README.md:1: ../main/README.md: leads out of the repository"],
    [
      "[x](/docs/specs.md)",
      "README.md:1: /docs/specs.md: must be relative: JSR takes / for its own root",
    ],
    ["```\n```\n[x](a.md)", "README.md:3: a.md: a.md does not exist"],
    ["[x]: a.md", "README.md:1: a.md: a.md does not exist"],
    ["see `channel/gone.ts`", "README.md:1: `channel/gone.ts` does not exist"],
    ["see `channel/gone/`", "README.md:1: `channel/gone/` does not exist"],
  ] as const
) {
  Deno.test(`findBroken() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(faults(text), [fault]);
  });
}

Deno.test("findBroken() resolves links from the folder of their page", () => {
  assertEquals(faults("[x](items.md), [y](../README.md), [z](../channel)", "docs/x.md"), []);
  assertEquals(faults("[x](docs/items.md)", "docs/x.md").length, 1);
});

Deno.test("anchorsOf() gives headings the anchors that GitHub gives them", () => {
  const text = "# Coming from Python's execnet\n## `ssh` and *command*\n## A, b & c_d #\n" +
    "## [Linked](x.md)\n## Twice\n## Twice\n```sh\n# a comment\n```\n";
  assertEquals([...anchorsOf(text)], [
    "coming-from-pythons-execnet",
    "ssh-and-command",
    "a-b--c_d",
    "linked",
    "twice",
    "twice-1",
  ]);
});
