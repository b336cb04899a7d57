/** Whether Node was started with an option that matches, on its command line or through the environment. */
export function nodeWasGiven(option: RegExp): boolean {
  return [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].some((given) => option.test(given));
}
