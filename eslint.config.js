const js = require("@eslint/js");
const tseslint = require("typescript-eslint");

/** Rooms that may not know the engine, or not each other (docs/design.md says why). */
const room = (files, patterns, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: patterns, message }] }] },
});

module.exports = tseslint.config(
  { ignores: ["node_modules/", "out/"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["**/*.js"],
    languageOptions: {
      globals: { require: "readonly", module: "writable", process: "readonly", __dirname: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["**/*.ts"],
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["@kubernetes-models/*", "kubernetes-models", "kubernetes-models/*"],
              allowTypeImports: true,
              message: "Types only: the models' code is not ours to run.",
            },
            {
              regex: "^@pulumi/azure-native$",
              message: "Import the module, never the root: it costs 22 s and 670 MB.",
            },
          ],
        },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-expressions": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
  room(
    ["topologies/**/*.ts", "resilience/**/*.ts"],
    ["@pulumi/*", "**/components/*", "**/planner/*"],
    "This room is pure: no engine, no components, no planner.",
  ),
  room(
    ["components/**/*.ts", "index.ts"],
    ["**/planner/*", "**/resilience/*"],
    "The program does not know that it is planned or analysed.",
  ),
);
