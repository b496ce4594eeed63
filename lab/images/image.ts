import type { ToolName } from "../binaries/tools.ts";

/** Where a file of an image comes from. */
export type FileSource =
  /** A program of `lab/binaries`. */
  | { readonly kind: "tool"; readonly tool: ToolName; readonly program: string }
  /** A file of an installed npm package, as `require.resolve` names it. */
  | { readonly kind: "module"; readonly module: string }
  /** A program of an npm package (folder under `recipes/` with its package.json), bundled into one file for Node. */
  | { readonly kind: "npm"; readonly recipe: string; readonly entry: string; readonly absent: readonly string[] }
  /** A TypeScript file of this project (path from the project's root) with all that it imports, bundled for Node. */
  | { readonly kind: "bundle"; readonly entry: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly target: string };

/** A file of an image. */
export interface FileRecipe {
  readonly to: string;
  /** Permissions; default 0644 for text and bundles, 0755 for programs. */
  readonly mode?: number;
  readonly from: FileSource;
}

/** A layer: a set of files that images share. */
export type LayerRecipe =
  /** A small Debian, without a server or a service. */
  | { readonly kind: "base" }
  /** Trust in the authority of drills, on top of it. */
  | { readonly kind: "trust" }
  /** Packages of that Debian, on top of it. */
  | {
      readonly kind: "packages";
      readonly name: string;
      readonly packages: readonly string[];
      /** `name:id`, made before the packages, which would choose ids of their own. */
      readonly users: readonly string[];
      /** Shell commands, run inside afterwards. */
      readonly setup?: string;
    }
  | { readonly kind: "files"; readonly name: string; readonly files: readonly FileRecipe[] };

/** A program whose version is told where it is not the published image's. */
export interface ProgramVersion {
  readonly title: string;
  /** The Debian package, tool or npm package that tells the version. */
  readonly from:
    | { readonly kind: "package"; readonly package: string }
    | { readonly kind: "tool"; readonly tool: ToolName }
    | { readonly kind: "module"; readonly module: string };
}

/** How an image is made here, and in what it is not the published one. */
export interface ImageRecipe {
  /** The image's name without its tag: a recipe serves every tag, and tells how its versions differ from it. */
  readonly repository: string;
  /** Images of one archive are imported together; those that change often have an archive of their own. */
  readonly archive: "system" | "platform";
  readonly layers: readonly LayerRecipe[];
  readonly config: {
    readonly user?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly entrypoint?: readonly string[];
    readonly command?: readonly string[];
    readonly folder?: string;
  };
  /** The program that the tag numbers. */
  readonly program?: ProgramVersion;
  /** Differences from the published image, in words, beside the version's. */
  readonly differences: readonly string[];
}

/** A layer that lies in the cache, as an uncompressed tar. */
export interface BuiltLayer {
  readonly file: string;
  /** `sha256:…` of the file. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Versions of the Debian packages in it, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** An image that is ready to be imported into a container runtime. */
export interface BuiltImage {
  /** As the manifests name it. */
  readonly name: string;
  /** An OCI archive with this image; several images share one, so import each file once. */
  readonly file: string;
  /** In what it differs from the published image of this name. */
  readonly differences: readonly string[];
}
