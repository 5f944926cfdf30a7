// npm run example -- NAME [server] [...]
const [name = "", ...rest] = process.argv.slice(2);
const names = ["two-people", "echo-bot", "say", "files", "new-device", "trust-and-search"];
if (names.includes(name)) {
  process.argv = [...process.argv.slice(0, 2), ...rest];
  await import(`./${name}.mjs`);
} else {
  console.error(`Which example? One of: ${names.join(", ")}`);
  process.exitCode = 2;
}
