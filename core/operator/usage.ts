/** What was asked for on the command line cannot be done; the message is a sentence that says what was expected. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
