import type { Command } from "commander";
import tab from "@bomb.sh/tab/commander";
import type { World } from "./world.js";

/**
 * What the script for bash takes from the package bash-completion, for shells without it: the words up to the cursor,
 * not broken at `=` and `:`. With the package, whether sourced before or after, its own is used.
 */
const bashPrelude = `declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
    local line=\${COMP_LINE:0:COMP_POINT}
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    cword=$((\${#words[@]} - 1))
    cur=\${words[cword]} prev=\${words[cword - 1]}
}
`;

/** `completion bash|zsh`, from what the verbs before it are. */
export function addCompletion(program: Command, world: World): void {
  tab(program, { completionCommandName: "completion" });
  const verb = program.commands.find((one) => one.name() === "completion");
  verb?.hook("preAction", (_, { args: [shell] }) => {
    if (shell === "bash") world.out.write(bashPrelude);
  });
}
